#include <string>

#include "engine/cel/extension_libraries.h"
#include "engine/cel/ip_address.h"

namespace writ::engine::cel {
namespace {

constexpr std::string_view kIp = "net.IP";
constexpr std::string_view kCidr = "net.CIDR";

template <typename T, const std::string_view& kName>
class Wrapped final : public Opaque {
 public:
  explicit Wrapped(const T& wrapped) : value(wrapped) {}

  std::string_view type_name() const override { return kName; }
  bool Equals(const Opaque& other) const override {
    return static_cast<const Wrapped&>(other).value == value;
  }
  std::string ToText() const override { return value.ToText(); }

  const T value;
};
using Ip = Wrapped<IpAddress, kIp>;
using Cidr = Wrapped<IpRange, kCidr>;

const IpAddress& IpOf(const Value& value) {
  return static_cast<const Ip&>(value.opaque()).value;
}
const IpRange& CidrOf(const Value& value) {
  return static_cast<const Cidr&>(value.opaque()).value;
}

// A text that is no address is shown in part.
Value NoSuch(const char* what, std::string_view text) {
  constexpr std::size_t kShown = 80;
  if (text.size() > kShown) return Value::Error(std::string("not ") + what);
  return Value::Error(std::string("not ") + what + ": '" + std::string(text) +
                      "'");
}
Value NoIp(std::string_view text) {
  return NoSuch("an IP address without zone or mapping", text);
}
Value NoCidr(std::string_view text) {
  return NoSuch("a CIDR range without zone or mapping", text);
}

Value MakeIp(Evaluation&, std::span<Value> arguments) {
  const auto address = ParseIpAddress(arguments[0].text());
  if (!address) return NoIp(arguments[0].text());
  return Value::OfOpaque(new Ip(*address));
}

Value MakeCidr(Evaluation&, std::span<Value> arguments) {
  const auto range = ParseIpRange(arguments[0].text());
  if (!range) return NoCidr(arguments[0].text());
  return Value::OfOpaque(new Cidr(*range));
}

Value IsIp(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(ParseIpAddress(arguments[0].text()).has_value());
}

Value IsCidr(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(ParseIpRange(arguments[0].text()).has_value());
}

Value IsCanonical(Evaluation&, std::span<Value> arguments) {
  const auto address = ParseIpAddress(arguments[0].text());
  if (!address) return NoIp(arguments[0].text());
  return Value::Bool(address->ToText() == arguments[0].text());
}

Value ToText(Evaluation&, std::span<Value> arguments) {
  return Value::String(arguments[0].opaque().ToText());
}

Value Family(Evaluation&, std::span<Value> arguments) {
  return Value::Int(IpOf(arguments[0]).family);
}

template <bool (*kTest)(const IpAddress&)>
Value Test(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(kTest(IpOf(arguments[0])));
}

Value AddressOf(Evaluation&, std::span<Value> arguments) {
  return Value::OfOpaque(new Ip(CidrOf(arguments[0]).address));
}

Value Masked(Evaluation&, std::span<Value> arguments) {
  return Value::OfOpaque(new Cidr(CidrOf(arguments[0]).Masked()));
}

Value PrefixLength(Evaluation&, std::span<Value> arguments) {
  return Value::Int(CidrOf(arguments[0]).prefix);
}

Value ContainsIp(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(CidrOf(arguments[0]).Contains(IpOf(arguments[1])));
}

Value ContainsIpText(Evaluation&, std::span<Value> arguments) {
  const auto address = ParseIpAddress(arguments[1].text());
  if (!address) return NoIp(arguments[1].text());
  return Value::Bool(CidrOf(arguments[0]).Contains(*address));
}

Value ContainsCidr(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(CidrOf(arguments[0]).Contains(CidrOf(arguments[1])));
}

Value ContainsCidrText(Evaluation&, std::span<Value> arguments) {
  const auto range = ParseIpRange(arguments[1].text());
  if (!range) return NoCidr(arguments[1].text());
  return Value::Bool(CidrOf(arguments[0]).Contains(*range));
}

constexpr Style kNetworkFn = Style::kFunction;
constexpr Style kNetworkM = Style::kMethod;
constexpr FunctionRow kNetworkFunctions[] = {
    {"ip", kNetworkFn, "string", kIp, MakeIp},
    {"ip", kNetworkM, kCidr, kIp, AddressOf},
    {"isIP", kNetworkFn, "string", "bool", IsIp},
    {"ip.isCanonical", kNetworkFn, "string", "bool", IsCanonical},
    {"family", kNetworkM, kIp, "int", Family},
    {"isLoopback", kNetworkM, kIp, "bool", Test<IsLoopback>},
    {"isUnspecified", kNetworkM, kIp, "bool", Test<IsUnspecified>},
    {"isGlobalUnicast", kNetworkM, kIp, "bool", Test<IsGlobalUnicast>},
    {"isLinkLocalMulticast", kNetworkM, kIp, "bool",
     Test<IsLinkLocalMulticast>},
    {"isLinkLocalUnicast", kNetworkM, kIp, "bool", Test<IsLinkLocalUnicast>},
    {"cidr", kNetworkFn, "string", kCidr, MakeCidr},
    {"isCIDR", kNetworkFn, "string", "bool", IsCidr},
    {"containsIP", kNetworkM, "net.CIDR, net.IP", "bool", ContainsIp},
    {"containsIP", kNetworkM, "net.CIDR, string", "bool", ContainsIpText},
    {"containsCIDR", kNetworkM, "net.CIDR, net.CIDR", "bool", ContainsCidr},
    {"containsCIDR", kNetworkM, "net.CIDR, string", "bool", ContainsCidrText},
    {"masked", kNetworkM, kCidr, kCidr, Masked},
    {"prefixLength", kNetworkM, kCidr, "int", PrefixLength},
    {"string", kNetworkFn, kIp, "string", ToText},
    {"string", kNetworkFn, kCidr, "string", ToText},
};

constexpr std::string_view kNetworkTypes[] = {kIp, kCidr};

}  // namespace

const Library& NetworkLibrary() {
  static constexpr Library kLibrary = {
      "network", kNetworkFunctions, {}, kNetworkTypes};
  return kLibrary;
}

}  // namespace writ::engine::cel
