#include "reconciler/gateway/openapi.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "reconciler/version.h"
#include "schema/ascii_case.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

Value Reference(const char* to) {
  Value value;
  value.Set("$ref", to);
  return value;
}

Value Text() {
  Value value;
  value.Set("type", "string");
  return value;
}

Value ParametersOf(std::string_view pattern) {
  Value::List parameters;
  while (true) {
    const std::size_t begin = pattern.find('{');
    if (begin == std::string_view::npos) return parameters;
    const std::size_t end = pattern.find('}', begin);
    Value parameter;
    parameter.Set("name", pattern.substr(begin + 1, end - begin - 1));
    parameter.Set("in", "path");
    parameter.Set("required", true);
    parameter.Set("schema", Text());
    parameters.push_back(std::move(parameter));
    pattern.remove_prefix(end + 1);
  }
}

// Unique, as generators of clients want it: "getV1AppsApp".
std::string OperationId(const Route& route) {
  std::string id = LowerCased(route.method);
  bool begins_word = true;
  for (const char c : route.pattern) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9');
    if (!is_letter) {
      begins_word = true;
      continue;
    }
    const bool raises = begins_word && c >= 'a' && c <= 'z';
    id += raises ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = false;
  }
  return id;
}

bool TakesBody(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

Value JsonContent() {
  Value any;
  any.Set("application/json", Value(Value::Map{}));
  Value content;
  content.Set("content", std::move(any));
  return content;
}

// Those that a route of any method is described by.
std::vector<std::string> MethodsOf(const Route& route) {
  if (route.method != "*") return {route.method};
  return {"GET", "POST", "PUT", "PATCH", "DELETE"};
}

Value OperationOf(const Route& route) {
  Value operation;
  operation.Set("operationId", OperationId(route));
  if (!route.summary.empty()) operation.Set("summary", route.summary);
  if (route.is_public) operation.Set("security", Value(Value::List{}));
  Value parameters = ParametersOf(route.pattern);
  if (!parameters.AsList().empty()) {
    operation.Set("parameters", std::move(parameters));
  }
  if (TakesBody(route.method)) operation.Set("requestBody", JsonContent());
  Value done;
  done.Set("description", "Done");
  Value responses;
  responses.Set("2XX", std::move(done));
  responses.Set("default", Reference("#/components/responses/Problem"));
  operation.Set("responses", std::move(responses));
  return operation;
}

// RFC 9457, with the members that problem.h adds.
Value ProblemSchema() {
  Value properties;
  for (const char* name :
       {"type", "title", "code", "detail", "instance", "request_id"}) {
    properties.Set(name, Text());
  }
  Value status;
  status.Set("type", "integer");
  properties.Set("status", std::move(status));
  Value error;
  error.Set("type", "object");
  Value members;
  members.Set("pointer", Text());
  members.Set("detail", Text());
  error.Set("properties", std::move(members));
  Value errors;
  errors.Set("type", "array");
  errors.Set("items", std::move(error));
  properties.Set("errors", std::move(errors));
  Value schema;
  schema.Set("type", "object");
  schema.Set("properties", std::move(properties));
  return schema;
}

Value Components() {
  Value content;
  content.Set("application/problem+json", Value(Value::Map{}));
  content.Find("application/problem+json")
      ->Set("schema", Reference("#/components/schemas/Problem"));
  Value problem;
  problem.Set("description",
              "What went wrong; some paths answer in their product's own "
              "shape instead");
  problem.Set("content", std::move(content));
  Value responses;
  responses.Set("Problem", std::move(problem));
  Value schemas;
  schemas.Set("Problem", ProblemSchema());
  Value bearer;
  bearer.Set("type", "http");
  bearer.Set("scheme", "bearer");
  Value key;
  key.Set("type", "apiKey");
  key.Set("in", "header");
  key.Set("name", "X-API-Key");
  Value schemes;
  schemes.Set("bearer", std::move(bearer));
  schemes.Set("apiKey", std::move(key));
  Value components;
  components.Set("responses", std::move(responses));
  components.Set("schemas", std::move(schemas));
  components.Set("securitySchemes", std::move(schemes));
  return components;
}

Value Security() {
  Value::List either;
  for (const char* scheme : {"bearer", "apiKey"}) {
    Value one;
    one.Set(scheme, Value(Value::List{}));
    either.push_back(std::move(one));
  }
  return either;
}

}  // namespace

std::string OpenApiDocument(const std::vector<Route>& routes) {
  std::vector<const Route*> sorted;
  for (const Route& route : routes) sorted.push_back(&route);
  std::ranges::stable_sort(sorted, {}, &Route::pattern);
  Value paths{Value::Map{}};
  for (const Route* route : sorted) {
    if (paths.Find(route->pattern) == nullptr) {
      paths.Set(route->pattern, Value(Value::Map{}));
    }
    for (std::string& method : MethodsOf(*route)) {
      Route one = *route;
      one.method = std::move(method);
      paths.Find(route->pattern)->Set(LowerCased(one.method), OperationOf(one));
    }
  }
  Value about;
  about.Set("title", "writ gateway");
  about.Set("version", kVersion);
  Value document;
  document.Set("openapi", "3.1.0");
  document.Set("info", std::move(about));
  document.Set("security", Security());
  document.Set("paths", std::move(paths));
  document.Set("components", Components());
  return PrettyJson(document);
}

}  // namespace writ::reconciler::gateway
