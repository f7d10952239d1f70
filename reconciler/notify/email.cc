// A mail in plain text. Nothing that others wrote stands in a header but the
// subject, which is one line of ASCII (RFC 2047); the body is base64, so that
// no line of it ends the mail (T-17).
#include <charconv>

#include "reconciler/egress/encoding.h"
#include "reconciler/notify/channel.h"

namespace writ::reconciler::channels {
namespace {

constexpr std::size_t kLine = 76;
// Of UTF-8 in one encoded word of 75 characters at most.
constexpr std::size_t kWord = 42;

std::string EncodedSubject(const std::string& text) {
  std::string subject;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = std::min(at + kWord, text.size());
    // Never within a character.
    while (end < text.size() &&
           (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
      --end;
    }
    if (!subject.empty()) subject += "\r\n ";
    subject += "=?utf-8?B?" + Base64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return subject;
}

std::string EncodedBody(const std::string& text) {
  const std::string encoded = Base64(text);
  std::string lines;
  for (std::size_t at = 0; at < encoded.size(); at += kLine) {
    lines += encoded.substr(at, kLine) + "\r\n";
  }
  return lines;
}

std::string BodyOf(const Message& message) {
  std::string body = TitleOf(message, 500) + "\r\n\r\n";
  for (const std::string& line : LinesOf(message, 2000)) body += line + "\r\n";
  body += "\r\nRule: " + message.rule.address() + "\r\n";
  body += "At: " + FormatTimestamp(message.at) + "\r\n";
  return body;
}

// "Tue, 01 Dec 2026 00:00:00 +0000"
std::string MailDate(Timestamp at) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed",
                                   "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday(day);
  const std::string iso = FormatTimestamp(at);
  const unsigned number = static_cast<unsigned>(date.day());
  return std::string(kDays[weekday.c_encoding()]) + ", " +
         (number < 10 ? "0" : "") + std::to_string(number) + " " +
         kMonths[static_cast<unsigned>(date.month()) - 1] + " " +
         std::to_string(static_cast<int>(date.year())) + " " +
         iso.substr(11, 8) + " +0000";
}

SmtpServer ServerOf(const Value& smtp) {
  SmtpServer server;
  server.host = smtp.FindString("host");
  server.user = smtp.FindString("user");
  const std::string_view tls = smtp.FindString("tls");
  server.tls = tls == "implicit" ? SmtpTls::kImplicit
               : tls == "none"   ? SmtpTls::kNone
                                 : SmtpTls::kStartTls;
  const Value* port = smtp.Find("port");
  if (port != nullptr && port->IsInteger()) {
    server.port = static_cast<int>(port->AsInteger());
  } else {
    server.port = tls == "implicit" ? 465 : tls == "none" ? 25 : 587;
  }
  return server;
}

}  // namespace

Result<Outgoing> Email(const ChannelInput& input) {
  const Value* email = input.spec.Find("email");
  const Value* smtp = email == nullptr ? nullptr : email->Find("smtp");
  const Value* to = email == nullptr ? nullptr : email->Find("to");
  if (smtp == nullptr || to == nullptr || !to->IsList()) {
    return Fail(ErrorCode::kInvalidArgument, "the destination has no server");
  }
  Mail mail;
  mail.server = ServerOf(*smtp);
  const auto password = input.secrets.find("email.smtp.password");
  if (password != input.secrets.end()) {
    // T-02: a manifest alone doesn't choose where a password goes.
    TRY(input.host.MaySendTo("smtp", "https://" + mail.server.host));
    mail.server.password = password->second.Clone();
  }
  mail.from = email->FindString("from");
  std::string recipients;
  for (const Value& each : to->AsList()) {
    if (!each.IsString()) continue;
    mail.to.push_back(each.AsString());
    recipients += (recipients.empty() ? "" : ",\r\n ") + each.AsString();
  }
  const std::size_t sign = mail.from.rfind('@');
  mail.text =
      "From: " + mail.from + "\r\nTo: " + recipients +
      "\r\nSubject: " + EncodedSubject(TitleOf(input.message, 200)) +
      "\r\nDate: " + MailDate(input.now) + "\r\nMessage-ID: <" +
      input.delivery_id + "@" +
      (sign == std::string::npos ? "writ" : mail.from.substr(sign + 1)) +
      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0"
      "\r\nContent-Type: text/plain; charset=utf-8"
      "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      EncodedBody(BodyOf(input.message));
  return Outgoing(std::move(mail));
}

}  // namespace writ::reconciler::channels
