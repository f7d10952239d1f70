#include "reconciler/host/dotenv_text.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace writ::reconciler {
namespace {

// Offsets into a text.
struct Line {
  std::size_t from = 0;
  std::size_t end = 0;  // behind its line end
  std::size_t value_from = 0;
  std::size_t value_end = 0;
  std::string_view name;  // empty: no variable
  char quote = 0;
  bool unclosed = false;
};

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::size_t SkipBlanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

std::size_t EndOfLine(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// Of the quote that closes the one at `at`; npos where none does.
std::size_t ClosingQuote(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i;
    }
  }
  return std::string_view::npos;
}

// Where a bare value ends: before a comment and the blanks around it.
std::size_t EndOfBare(std::string_view text, std::size_t from,
                      std::size_t end) {
  for (std::size_t i = from; i < end; ++i) {
    const bool comment = text[i] == '#' && (i == from || text[i - 1] == ' ' ||
                                            text[i - 1] == '\t');
    if (comment) {
      end = i;
      break;
    }
  }
  while (end > from && std::string_view(" \t\r").find(text[end - 1]) !=
                           std::string_view::npos) {
    --end;
  }
  return end;
}

Line ReadLine(std::string_view text, std::size_t from) {
  Line line;
  line.from = from;
  std::size_t end = EndOfLine(text, from);
  line.end = std::min(end + 1, text.size());
  std::size_t at = SkipBlanks(text, from);
  constexpr std::string_view kExport = "export";
  if (text.substr(at).starts_with(kExport)) {
    const std::size_t next = SkipBlanks(text, at + kExport.size());
    if (next > at + kExport.size()) at = next;
  }
  std::size_t name_end = at;
  while (name_end < end && IsNameCharacter(text[name_end])) ++name_end;
  const std::size_t equals = SkipBlanks(text, name_end);
  if (name_end == at || equals >= end || text[equals] != '=') return line;
  line.name = text.substr(at, name_end - at);
  line.value_from = std::min(SkipBlanks(text, equals + 1), end);
  const char first = line.value_from < end ? text[line.value_from] : ' ';
  if (first == '"' || first == '\'' || first == '`') {
    const std::size_t closing = ClosingQuote(text, line.value_from);
    if (closing != std::string_view::npos) {
      line.quote = first;
      line.value_end = closing + 1;
      end = EndOfLine(text, line.value_end);
      line.end = std::min(end + 1, text.size());
      return line;
    }
    line.unclosed = true;
  }
  line.value_end = EndOfBare(text, line.value_from, end);
  return line;
}

Status CheckClosed(const Line& line) {
  if (!line.unclosed) return {};
  // What is written behind it might close it.
  return Fail(
      ErrorCode::kInvalidArgument,
      "the file has a quote that nothing closes, at " + std::string(line.name));
}

Result<std::optional<Line>> FindLine(std::string_view text,
                                     std::string_view name) {
  std::optional<Line> found;
  for (std::size_t at = 0; at < text.size();) {
    const Line line = ReadLine(text, at);
    at = line.end;
    TRY(CheckClosed(line));
    if (line.name != name) continue;
    if (found) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the file has " + std::string(name) + " twice",
                  "take one of them out");
    }
    found = line;
  }
  return found;
}

SecretValue Decode(std::string_view text, const Line& line) {
  std::string_view raw =
      text.substr(line.value_from, line.value_end - line.value_from);
  if (line.quote == 0) return SecretValue::Copy(raw);
  raw = raw.substr(1, raw.size() - 2);
  if (line.quote != '"') return SecretValue::Copy(raw);
  SecretBuilder value;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      value.Append(raw.substr(i, 1));
      continue;
    }
    ++i;
    const std::size_t escape = std::string_view("nrt").find(raw[i]);
    value.Append(escape == std::string_view::npos
                     ? raw.substr(i, 1)
                     : std::string_view("\n\r\t").substr(escape, 1));
  }
  return value.Finish();
}

Result<SecretValue> Encode(const SecretValue& value) {
  constexpr std::string_view kBare = "-._~/+=:@%,^";
  const std::string_view bytes = value.Reveal();
  const auto is_bare = [&](char c) {
    return (c != '.' && IsNameCharacter(c)) ||
           kBare.find(c) != std::string_view::npos;
  };
  if (std::all_of(bytes.begin(), bytes.end(), is_bare)) return value.Clone();
  const bool quotable = std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return c == '\'' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!quotable) {
    return Fail(ErrorCode::kInvalidArgument,
                "the value holds a single quote or a control character, which "
                "readers of .env files take differently");
  }
  return SecretBuilder().Append("'").Append(bytes).Append("'").Finish();
}

}  // namespace

Result<std::optional<SecretValue>> ReadVariable(std::string_view text,
                                                std::string_view name) {
  const std::optional<Line> line = TRY(FindLine(text, name));
  std::optional<SecretValue> value;
  if (line) value = Decode(text, *line);
  return value;
}

Result<std::vector<std::string>> VariableNames(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size();) {
    const Line line = ReadLine(text, at);
    at = line.end;
    TRY(CheckClosed(line));
    if (line.name.empty()) continue;
    const std::string name(line.name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

Result<SecretValue> WithVariable(std::string_view text, std::string_view name,
                                 const SecretValue& value) {
  const std::optional<Line> line = TRY(FindLine(text, name));
  const SecretValue encoded = TRY(Encode(value));
  SecretBuilder result;
  if (line) {
    return result.Append(text.substr(0, line->value_from))
        .Append(encoded)
        .Append(text.substr(line->value_end))
        .Finish();
  }
  const std::string_view line_end =
      text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
  result.Append(text);
  if (!text.empty() && !text.ends_with('\n')) result.Append(line_end);
  return result.Append(name)
      .Append("=")
      .Append(encoded)
      .Append(line_end)
      .Finish();
}

Result<SecretValue> WithoutVariable(std::string_view text,
                                    std::string_view name) {
  const std::optional<Line> line = TRY(FindLine(text, name));
  if (!line) return SecretValue::Copy(text);
  return SecretBuilder()
      .Append(text.substr(0, line->from))
      .Append(text.substr(line->end))
      .Finish();
}

}  // namespace writ::reconciler
