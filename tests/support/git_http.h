// Git's own http-backend behind the tests' HTTP server: what a host of
// repositories answers. Safe from any thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "reconciler/host/child_program.h"
#include "tests/support/http_server.h"

namespace writ::testing {

// What the backend answers for the repositories below `root`.
inline ScriptedResponse AnswerAsGit(const std::filesystem::path& root,
                                    const ReceivedRequest& received) {
  const std::size_t query = received.target.find('?');
  reconciler::ChildRequest request;
  request.argv = {"/usr/lib/git-core/git-http-backend"};
  request.environment = {
      {"GIT_PROJECT_ROOT", root.string()},
      {"GIT_HTTP_EXPORT_ALL", "1"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"REQUEST_METHOD", received.method},
      {"PATH_INFO", received.path()},
      {"QUERY_STRING", query == std::string::npos
                           ? std::string()
                           : received.target.substr(query + 1)},
      {"CONTENT_TYPE", received.Header("content-type")},
      {"CONTENT_LENGTH", std::to_string(received.body.size())},
      {"REMOTE_ADDR", "127.0.0.1"}};
  request.input = SecretValue::Copy(received.body);
  request.timeout = std::chrono::minutes(2);
  request.output_cap = std::size_t{64} << 20;
  const auto outcome = reconciler::RunChild(request);
  ScriptedResponse response;
  response.status = 500;
  if (!outcome) return response;
  const std::string text(outcome->output.Reveal());
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return response;
  response.status = 200;
  response.body = text.substr(end + 4);
  for (std::size_t at = 0; at < end;) {
    const std::size_t next = std::min(text.find("\r\n", at), end);
    const std::string line = text.substr(at, next - at);
    const std::size_t colon = line.find(": ");
    at = next + 2;
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (name == "Status") {
      response.status = std::atoi(value.c_str());
    } else {
      response.headers.emplace_back(name, value);
    }
  }
  return response;
}

}  // namespace writ::testing
