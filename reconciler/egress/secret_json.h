// JSON that holds secrets: read into trees that are wiped, written without
// leaving copies behind.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schema/json.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// A tree whose texts are wiped when it goes.
class SecretJson {
 public:
  SecretJson() = default;
  explicit SecretJson(Value value) : value_(std::move(value)) {}
  ~SecretJson();
  SecretJson(SecretJson&& other) noexcept = default;
  SecretJson& operator=(SecretJson&& other) noexcept;
  SecretJson(const SecretJson&) = delete;
  SecretJson& operator=(const SecretJson&) = delete;

  const Value& value() const { return value_; }
  // By dotted path; null or empty where it isn't there.
  const Value* Find(std::string_view path) const {
    return value_.FindPath(path);
  }
  std::string Text(std::string_view path) const;
  std::optional<std::int64_t> Integer(std::string_view path) const;
  bool IsTrue(std::string_view path) const;

 private:
  Value value_;
};

// An object, member by member. Each name once.
class JsonObject {
 public:
  JsonObject& Add(std::string_view name, std::string_view text);
  JsonObject& Add(std::string_view name, const char* text) {
    return Add(name, std::string_view(text));
  }
  JsonObject& Add(std::string_view name, std::int64_t number);
  JsonObject& AddFlag(std::string_view name, bool flag);
  JsonObject& AddSecret(std::string_view name, const SecretValue& value);
  // A member that is JSON already.
  JsonObject& AddJson(std::string_view name, std::string_view json);
  JsonObject& AddObject(std::string_view name, JsonObject object);
  SecretValue Finish();

 private:
  void Begin(std::string_view name);

  std::unique_ptr<SecretBuilder> text_ = std::make_unique<SecretBuilder>();
  bool empty_ = true;
};

// The text of an object with one member set to a text, every other byte as it
// was: numbers that no double holds, the order and the white space of others
// stay. Nothing where the text is no object, or has the member twice.
std::optional<SecretValue> WithMember(std::string_view object,
                                      std::string_view name,
                                      const SecretValue& value);
// The raw text of a member; nothing where it isn't there.
std::optional<std::string_view> RawMember(std::string_view object,
                                          std::string_view name);

}  // namespace writ::reconciler
