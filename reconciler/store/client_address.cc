#include "reconciler/store/client_address.h"

#include <arpa/inet.h>

#include <cctype>
#include <string>
#include <utility>

namespace writ::reconciler {
namespace {

bool IsIpAddress(const std::string& text) {
  unsigned char buffer[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, text.c_str(), buffer) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), buffer) == 1;
}

bool IsPartOfIpAddress(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == '.' ||
         c == ':';
}

}  // namespace

bool NamesAnIpAddress(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (IsPartOfIpAddress(c)) {
      word += c;
    } else if (IsIpAddress(std::exchange(word, ""))) {
      return true;
    }
  }
  return IsIpAddress(word);
}

}  // namespace writ::reconciler
