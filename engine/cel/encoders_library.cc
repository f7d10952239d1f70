#include <array>
#include <string>

#include "engine/cel/base64.h"
#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

Value Encode(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view bytes = arguments[0].text();
  if (!evaluation.ChargeBytes(bytes.size())) return Evaluation::Spent();
  return Value::String(EncodeBase64(bytes));
}

Value Decode(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  const std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes) return Value::Error("the text is not base64");
  return Value::Bytes(*bytes);
}

constexpr FunctionRow kEncodersFunctions[] = {
    {"base64.encode", Style::kFunction, "bytes", "string", Encode},
    {"base64.decode", Style::kFunction, "string", "bytes", Decode},
};

}  // namespace

const Library& EncodersLibrary() {
  static constexpr Library kLibrary = {"encoders", kEncodersFunctions, {}, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
