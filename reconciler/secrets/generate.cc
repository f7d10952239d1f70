#include "reconciler/secrets/generate.h"

#include <array>
#include <string>

namespace writ::reconciler {
namespace {

constexpr std::string_view kDigitCharacters = "0123456789";

struct AlphabetRow {
  Alphabet alphabet;
  std::string_view name;
  std::string_view characters;
};
constexpr std::array<AlphabetRow, 5> kAlphabets = {{
    {Alphabet::kAlphanumeric, "alphanumeric",
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    {Alphabet::kHexadecimal, "hex", "0123456789abcdef"},
    {Alphabet::kUrlSafe, "url-safe",
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"},
    {Alphabet::kSymbols, "symbols",
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
     "!#%&()*+,-./:;<=>?@[]^_{|}~"},
    {Alphabet::kDigits, "digits", kDigitCharacters},
}};

std::string_view CharactersOf(Alphabet alphabet) {
  for (const AlphabetRow& row : kAlphabets) {
    if (row.alphabet == alphabet) return row.characters;
  }
  return kDigitCharacters;
}

// Bytes beyond the last whole multiple are drawn again: no bias.
char Draw(std::string_view characters, Random& random) {
  const std::size_t fair = 256 - 256 % characters.size();
  std::array<std::uint8_t, 1> byte{};
  do {
    random.Fill(byte);
  } while (byte[0] >= fair);
  return characters[byte[0] % characters.size()];
}

Status CheckLength(const GenerateOptions& options, std::int64_t least,
                   std::int64_t most) {
  if (options.length >= least && options.length <= most) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "a random value of this type has " + std::to_string(least) +
                  " to " + std::to_string(most) + " characters, not " +
                  std::to_string(options.length));
}

}  // namespace

std::optional<Alphabet> ParseAlphabet(std::string_view name) {
  for (const AlphabetRow& row : kAlphabets) {
    if (row.name == name) return row.alphabet;
  }
  return std::nullopt;
}

Result<SecretValue> GenerateValue(SecretType type, GenerateOptions options,
                                  Random& random) {
  if (type == SecretType::kBoolean || type == SecretType::kJson) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "a value of type " + std::string(Name(type)) + " can't be random",
        "say it: writ secrets set");
  }
  std::string_view characters = CharactersOf(options.alphabet);
  SecretBuilder value;
  if (type == SecretType::kNumber) {
    TRY(CheckLength(options, 6, 15));
    characters = kDigitCharacters;
    // JSON's numbers begin with no zero.
    const char first = Draw(characters.substr(1), random);
    value.Append({&first, 1});
    --options.length;
  } else {
    TRY(CheckLength(options, 16, 4096));
  }
  for (std::int64_t i = 0; i < options.length; ++i) {
    const char next = Draw(characters, random);
    value.Append({&next, 1});
  }
  return value.Finish();
}

}  // namespace writ::reconciler
