#include "reconciler/cli/command_values.h"
#include "schema/text_list.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr std::array<std::string_view, 8> kLocal = {
    "--source",      "--env",        "--state", "--server",
    "--host-config", "--tokens-out", "--value", "--parallelism",
};

// "--verbose" of "-v,--verbose".
std::string LongName(const std::string& names) {
  return names.substr(names.rfind(',') + 1);
}

// Options that are looked at after they were parsed.
class Reader final : public Options {
 public:
  void Flag(const std::string& names, bool& value,
            const std::string& /*help*/) override {
    if (value) all_.Set(LongName(names), true);
  }
  void Text(const std::string& names, std::string& value,
            const std::string& /*help*/) override {
    if (!value.empty()) all_.Set(LongName(names), value);
  }
  void Texts(const std::string& names, std::vector<std::string>& values,
             const std::string& /*help*/) override {
    if (!values.empty()) all_.Set(LongName(names), ListOfTexts(values));
  }
  void Integer(const std::string& names, std::int64_t& value,
               const std::string& /*help*/) override {
    all_.Set(LongName(names), value);  // 0 may mean something
  }
  void Choice(const std::string& names, std::string& value,
              const std::vector<std::string>& /*choices*/,
              const std::string& help) override {
    Text(names, value, help);
  }
  void Positional(const std::string& name, std::string& value,
                  bool /*required*/, const std::string& help) override {
    Text(name, value, help);
  }
  void Positionals(const std::string& name, std::vector<std::string>& values,
                   bool /*required*/, const std::string& help) override {
    Texts(name, values, help);
  }

  const Value& all() const { return all_; }

 private:
  Value all_{Value::Map{}};
};

// Options that are set without a command line.
class Writer final : public Options {
 public:
  // `local`: those that aren't handed on, instead of the rest.
  Writer(const Value& values, bool local) : values_(values), local_(local) {}

  void Flag(const std::string& names, bool& value,
            const std::string& /*help*/) override {
    const Value* given = Take(names);
    if (given != nullptr && given->IsBoolean()) {
      value = given->AsBoolean();
    } else if (given != nullptr) {
      wrong_ = LongName(names);
    }
  }
  void Text(const std::string& names, std::string& value,
            const std::string& /*help*/) override {
    const Value* given = Take(names);
    if (given != nullptr && given->IsString()) {
      value = given->AsString();
    } else if (given != nullptr) {
      wrong_ = LongName(names);
    }
  }
  void Texts(const std::string& names, std::vector<std::string>& values,
             const std::string& /*help*/) override {
    const Value* given = Take(names);
    if (given == nullptr) return;
    if (!given->IsList()) {
      wrong_ = LongName(names);
      return;
    }
    for (const Value& item : given->AsList()) {
      if (item.IsString()) values.push_back(item.AsString());
    }
  }
  void Integer(const std::string& names, std::int64_t& value,
               const std::string& /*help*/) override {
    const Value* given = Take(names);
    if (given != nullptr && given->IsInteger()) {
      value = given->AsInteger();
    } else if (given != nullptr) {
      wrong_ = LongName(names);
    }
  }
  void Choice(const std::string& names, std::string& value,
              const std::vector<std::string>& choices,
              const std::string& help) override {
    Text(names, value, help);
    const bool is_known =
        value.empty() ||
        std::find(choices.begin(), choices.end(), value) != choices.end();
    if (!is_known) wrong_ = LongName(names);
  }
  void Positional(const std::string& name, std::string& value,
                  bool /*required*/, const std::string& help) override {
    Text(name, value, help);
  }
  void Positionals(const std::string& name, std::vector<std::string>& values,
                   bool /*required*/, const std::string& help) override {
    Texts(name, values, help);
  }

  Status status() const {
    if (!wrong_.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  wrong_ + " can't be what was given");
    }
    for (const Value::Entry& entry : values_.AsMap()) {
      if (taken_.count(entry.key) > 0) continue;
      return Fail(ErrorCode::kInvalidArgument,
                  "there is no option " + entry.key + " here");
    }
    return {};
  }

 private:
  const Value* Take(const std::string& names) {
    const std::string name = LongName(names);
    if (StaysHere(name) != local_) return nullptr;
    taken_.insert(name);
    return values_.Find(name);
  }

  const Value& values_;
  const bool local_;
  std::set<std::string> taken_;
  std::string wrong_;
};

Value ReadAll(const Command& command) {
  Reader reader;
  command.declare(reader);
  return reader.all();
}

}  // namespace

bool StaysHere(std::string_view option) {
  return std::find(kLocal.begin(), kLocal.end(), option) != kLocal.end();
}

Value ReadOptions(const Command& command) {
  Value values{Value::Map{}};
  const Value all = ReadAll(command);
  for (const Value::Entry& entry : all.AsMap()) {
    if (!StaysHere(entry.key)) values.Set(entry.key, entry.value);
  }
  return values;
}

std::string ReadOption(const Command& command, std::string_view name) {
  return std::string(ReadAll(command).FindString(name));
}

Status FillOptions(const Command& command, const Value& values) {
  Writer writer(values, /*local=*/false);
  command.declare(writer);
  return writer.status();
}

void FillOption(const Command& command, std::string_view name,
                const std::string& text) {
  Value values{Value::Map{}};
  values.Set(name, text);
  Writer writer(values, /*local=*/true);
  command.declare(writer);
}

}  // namespace writ::reconciler
