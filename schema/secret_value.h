// A secret's bytes in memory: moved, never copied, wiped when it goes. Nothing
// prints it, and no comparison but SameSecret sees it, so that a value can't
// slip into a log, an error or a test's output by accident.
//
// What holds the bytes is one allocation of fixed size; building a value from
// pieces goes through SecretBuilder, which wipes what it outgrows. A value
// owns its bytes; const access is safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace writ {

// Overwrites the bytes in a way that no optimiser takes out.
void Wipe(void* bytes, std::size_t size);
// Also what the string keeps beyond its size.
void Wipe(std::string& text);

class SecretValue {
 public:
  SecretValue() = default;
  // Copies the bytes; whoever gave them wipes theirs.
  static SecretValue Copy(std::string_view bytes);
  // Takes the bytes and wipes the string they came in.
  static SecretValue Take(std::string&& bytes);

  SecretValue(SecretValue&& other) noexcept;
  SecretValue& operator=(SecretValue&& other) noexcept;
  SecretValue(const SecretValue&) = delete;
  SecretValue& operator=(const SecretValue&) = delete;
  ~SecretValue();

  // The bytes, for as long as this value stays. Named for what it does: each
  // use is a place to look at.
  std::string_view Reveal() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // A second value with the same bytes.
  SecretValue Clone() const { return Copy(Reveal()); }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

// In a time that depends on the sizes alone.
bool SameSecret(const SecretValue& a, const SecretValue& b);

// Puts a value together: a header line, a JSON body, a request.
class SecretBuilder {
 public:
  SecretBuilder() = default;
  ~SecretBuilder();
  SecretBuilder(const SecretBuilder&) = delete;
  SecretBuilder& operator=(const SecretBuilder&) = delete;

  SecretBuilder& Append(std::string_view bytes);
  SecretBuilder& Append(const SecretValue& value) {
    return Append(value.Reveal());
  }
  // Leaves the builder empty.
  SecretValue Finish();

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace writ
