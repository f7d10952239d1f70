#include "reconciler/egress/aws_signature.h"

#include <algorithm>
#include <map>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "schema/ascii_case.h"
#include "schema/digest.h"

namespace writ::reconciler {
namespace {

// "20150830T123600Z"
std::string BasicTime(Timestamp now) {
  std::string text =
      FormatTimestamp(std::chrono::floor<std::chrono::seconds>(now));
  text.erase(std::remove_if(text.begin(), text.end(),
                            [](char c) { return c == '-' || c == ':'; }),
             text.end());
  return text;
}

// Without blanks around, and one for many within.
std::string Trimmed(const std::string& text) {
  std::string trimmed;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (trimmed.empty() || trimmed.back() == ' ')) continue;
    trimmed += blank ? ' ' : c;
  }
  while (trimmed.ends_with(' ')) trimmed.pop_back();
  return trimmed;
}

std::string CanonicalQuery(const AwsRequest& request) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : request.query) {
    pairs.push_back(PercentEncode(name) + "=" + PercentEncode(value));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string query;
  for (const std::string& pair : pairs) {
    query += query.empty() ? pair : "&" + pair;
  }
  return query;
}

// Sorted by name; values of one name joined in their order. All but the
// session token, which is secret.
std::map<std::string, std::string> CanonicalHeaders(const AwsRequest& request,
                                                    const std::string& date) {
  std::map<std::string, std::string> headers;
  const auto add = [&](const std::string& name, const std::string& value) {
    std::string& joined = headers[LowerCased(name)];
    joined += joined.empty() ? Trimmed(value) : "," + Trimmed(value);
  };
  for (const auto& [name, value] : request.headers) add(name, value);
  add("x-amz-date", date);
  return headers;
}

SecretValue SigningKey(const AwsRequest& request, const AwsKeys& keys,
                       const std::string& day) {
  SecretBuilder first;
  first.Append("AWS4").Append(keys.secret_key);
  SecretValue key = first.Finish();
  for (const std::string& part :
       {day, request.region, request.service, std::string("aws4_request")}) {
    key = SecretValue::Take(HmacSha256(key.Reveal(), part));
  }
  return key;
}

}  // namespace

AwsSignature SignAws(const AwsRequest& request, std::string_view body,
                     const AwsKeys& keys, Timestamp now) {
  AwsSignature signature;
  signature.date = BasicTime(now);
  const std::string day = signature.date.substr(0, 8);
  const std::string scope =
      day + "/" + request.region + "/" + request.service + "/aws4_request";
  std::string names;
  SecretBuilder canonical;
  canonical.Append(request.method + "\n" + request.path + "\n" +
                   CanonicalQuery(request) + "\n");
  auto headers = CanonicalHeaders(request, signature.date);
  if (!keys.session_token.empty()) headers[kAwsSessionHeader];
  for (const auto& [name, value] : headers) {
    names += names.empty() ? name : ";" + name;
    canonical.Append(name).Append(":");
    const bool is_session = name == kAwsSessionHeader;
    is_session ? canonical.Append(keys.session_token) : canonical.Append(value);
    canonical.Append("\n");
  }
  canonical.Append("\n" + names + "\n" + Sha256(body).Hex());
  const std::string text = "AWS4-HMAC-SHA256\n" + signature.date + "\n" +
                           scope + "\n" +
                           Sha256(canonical.Finish().Reveal()).Hex();
  const SecretValue key = SigningKey(request, keys, day);
  signature.authorization =
      "AWS4-HMAC-SHA256 Credential=" + keys.access_key_id + "/" + scope +
      ", SignedHeaders=" + names +
      ", Signature=" + HexLower(HmacSha256(key.Reveal(), text));
  return signature;
}

}  // namespace writ::reconciler
