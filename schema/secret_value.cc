#include "schema/secret_value.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ {
namespace {

constexpr std::size_t kSmallest = 64;

}  // namespace

void Wipe(void* bytes, std::size_t size) {
  if (size > 0) explicit_bzero(bytes, size);
}

void Wipe(std::string& text) {
  // A short string's bytes lie in the object itself, which growing would leave.
  text.resize(text.capacity());
  Wipe(text.data(), text.size());
  text.clear();
}

SecretValue SecretValue::Copy(std::string_view bytes) {
  SecretValue value;
  if (bytes.empty()) return value;
  value.bytes_ = std::make_unique<char[]>(bytes.size());
  std::memcpy(value.bytes_.get(), bytes.data(), bytes.size());
  value.size_ = bytes.size();
  return value;
}

SecretValue SecretValue::Take(std::string&& bytes) {
  SecretValue value = Copy(bytes);
  Wipe(bytes);
  return value;
}

SecretValue::SecretValue(SecretValue&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretValue& SecretValue::operator=(SecretValue&& other) noexcept {
  if (this == &other) return *this;
  Wipe(bytes_.get(), size_);
  bytes_ = std::move(other.bytes_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

SecretValue::~SecretValue() { Wipe(bytes_.get(), size_); }

bool SameSecret(const SecretValue& a, const SecretValue& b) {
  if (a.size() != b.size()) return false;
  const std::string_view left = a.Reveal();
  const std::string_view right = b.Reveal();
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i]) ^
                  static_cast<unsigned>(static_cast<unsigned char>(right[i]));
  }
  return difference == 0;
}

SecretBuilder::~SecretBuilder() { Wipe(bytes_.get(), capacity_); }

SecretBuilder& SecretBuilder::Append(std::string_view bytes) {
  if (size_ + bytes.size() > capacity_) {
    const std::size_t wanted =
        std::max({kSmallest, capacity_ * 2, size_ + bytes.size()});
    auto grown = std::make_unique<char[]>(wanted);
    std::copy_n(bytes_.get(), size_, grown.get());
    Wipe(bytes_.get(), capacity_);
    bytes_ = std::move(grown);
    capacity_ = wanted;
  }
  std::copy(bytes.begin(), bytes.end(), bytes_.get() + size_);
  size_ += bytes.size();
  return *this;
}

SecretValue SecretBuilder::Finish() {
  SecretValue value = SecretValue::Copy({bytes_.get(), size_});
  Wipe(bytes_.get(), capacity_);
  size_ = 0;
  return value;
}

}  // namespace writ
