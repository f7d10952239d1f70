#include "reconciler/secrets/host_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/descriptor.h"
#include "reconciler/host/child_program.h"
#include "reconciler/secrets/value_check.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

SecretValue WithoutNewline(const SecretValue& value) {
  std::string_view text = value.Reveal();
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return SecretValue::Copy(text);
}

tl::unexpected<Error> TooLong(const std::string& what) {
  return Fail(ErrorCode::kLimit, what + " has more than 65536 bytes");
}

Result<SecretValue> ReadToEnd(int descriptor, const std::string& what) {
  std::array<char, 4096> buffer{};
  SecretBuilder built;
  std::size_t total = 0;
  ssize_t size = 0;
  while (total <= kMaxSecretSize + 1) {
    size = ::read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    built.Append({buffer.data(), static_cast<std::size_t>(size)});
    total += static_cast<std::size_t>(size);
  }
  Wipe(buffer.data(), buffer.size());
  if (size < 0) return Fail(ErrorCode::kIo, "can't read " + what);
  if (total > kMaxSecretSize + 1) return TooLong(what);
  return built.Finish();
}

std::vector<std::string> ArgumentsOf(const Value& spec) {
  std::vector<std::string> arguments;
  const Value* command = spec.Find("command");
  if (command == nullptr || !command->IsList()) return arguments;
  for (const Value& argument : command->AsList()) {
    if (argument.IsString()) arguments.push_back(argument.AsString());
  }
  return arguments;
}

}  // namespace

Result<SecretValue> ReadVariableSource(
    const HostFile& host,
    const std::function<std::optional<std::string>(const char*)>& variable,
    const std::string& name) {
  TRY(host.MayReadEnv(name));
  auto value = variable(name.c_str());
  if (!value) {
    return Fail(ErrorCode::kNotFound, "the variable " + name + " is not set");
  }
  return SecretValue::Take(std::move(*value));
}

Result<SecretValue> ReadFileSource(const HostFile& host,
                                   const std::string& path) {
  const std::string granted = TRY(host.MayReadFile(path));
  const Descriptor file(
      ::open(granted.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) {
    return Fail(ErrorCode::kIo,
                "can't read " + path + ": " + std::strerror(errno));
  }
  struct stat facts = {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return Fail(ErrorCode::kPermission, path + " is no regular file");
  }
  const SecretValue text = TRY(ReadToEnd(file.get(), path));
  return WithoutNewline(text);
}

Result<SecretValue> ReadProgramSource(const HostFile& host, const Value& spec) {
  ChildRequest request;
  request.argv = ArgumentsOf(spec);
  TRY(host.MayRun(request.argv));
  const std::string program = request.argv.front();
  request.timeout = ParseDuration(spec.FindString("timeout"))
                        .value_or(std::chrono::seconds(10));
  request.output_cap = kMaxSecretSize + 2;
  const ChildOutcome outcome = TRY(RunChild(request));
  // What it printed may repeat the value, so that nothing of it is shown.
  switch (outcome.end) {
    case ChildOutcome::End::kTimedOut:
      return Fail(ErrorCode::kIo, program + " took longer than " +
                                      FormatDuration(request.timeout));
    case ChildOutcome::End::kKilled:
      return Fail(ErrorCode::kIo, program + " was killed");
    case ChildOutcome::End::kExited:
      break;
  }
  if (outcome.exit_status != 0) {
    return Fail(ErrorCode::kIo,
                program + " ended " + std::to_string(outcome.exit_status),
                "run it by hand to see what it says");
  }
  if (outcome.cut) return TooLong("what " + program + " printed");
  return WithoutNewline(outcome.output);
}

}  // namespace writ::reconciler
