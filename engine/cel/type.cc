#include "engine/cel/type.h"

#include <algorithm>
#include <array>

namespace writ::engine::cel {

struct Type::Node {
  std::string name;
  std::vector<Type> parameters;
  std::shared_ptr<const ObjectType> object;
  std::uint32_t depth = 1;
  std::uint32_t size = 1;
};

namespace {

// Nested more deeply than any source may be, larger than any person writes.
constexpr std::uint32_t kMaxDepth = 300;
constexpr std::uint32_t kMaxSize = 1'000;

struct Named {
  Type::Kind kind;
  std::string_view name;
};

constexpr std::array kSimple = {
    Named{Type::Kind::kDyn, "dyn"},
    Named{Type::Kind::kNull, "null_type"},
    Named{Type::Kind::kBool, "bool"},
    Named{Type::Kind::kInt, "int"},
    Named{Type::Kind::kUint, "uint"},
    Named{Type::Kind::kDouble, "double"},
    Named{Type::Kind::kString, "string"},
    Named{Type::Kind::kBytes, "bytes"},
    Named{Type::Kind::kTimestamp, "google.protobuf.Timestamp"},
    Named{Type::Kind::kDuration, "google.protobuf.Duration"},
};

// Deep enough for any type that a person writes.
constexpr int kMaxNesting = 64;

// NAME or NAME(TYPE, ...).
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : rest_(text) {}

  std::optional<Type> Read(int nesting = 0) {
    if (nesting > kMaxNesting) return std::nullopt;
    Skip();
    const std::string_view name = Name();
    if (name.empty()) return std::nullopt;
    std::vector<Type> parameters;
    const bool applied = Take('(');
    if (applied) {
      do {
        auto parameter = Read(nesting + 1);
        if (!parameter) return std::nullopt;
        parameters.push_back(*std::move(parameter));
      } while (Take(','));
      if (!Take(')')) return std::nullopt;
    }
    return Make(name, std::move(parameters));
  }

  bool Take(char wanted) {
    Skip();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Done() {
    Skip();
    return rest_.empty();
  }

 private:
  void Skip() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  std::string_view Name() {
    const std::size_t size =
        std::min(rest_.find_first_of("(), "), rest_.size());
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  static std::optional<Type> Make(std::string_view name,
                                  std::vector<Type> parameters) {
    const std::size_t count = parameters.size();
    for (const Named& simple : kSimple) {
      if (simple.name != name) continue;
      if (count != 0) return std::nullopt;
      return simple.kind == Type::Kind::kDyn ? Type() : Type(simple.kind);
    }
    if (name == "list" && count <= 1) {
      return Type::List(count == 1 ? std::move(parameters[0]) : Type());
    }
    if (name == "map" && count == 0) return Type::Map(Type(), Type());
    if (name == "map" && count == 2) {
      return Type::Map(std::move(parameters[0]), std::move(parameters[1]));
    }
    if (name == "type" && count <= 1) {
      return Type::Of(count == 1 ? std::move(parameters[0]) : Type());
    }
    if (name == "optional_type" && count <= 1) {
      return Type::Optional(count == 1 ? std::move(parameters[0]) : Type());
    }
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z' && count == 0) {
      return Type::Parameter(std::string(name));
    }
    return Type::Opaque(std::string(name), std::move(parameters));
  }

  std::string_view rest_;
};

}  // namespace

std::shared_ptr<const Type::Node> Type::MakeNode(std::string name,
                                                 std::vector<Type> parameters) {
  Node node{std::move(name), std::move(parameters), {}};
  for (Type& parameter : node.parameters) {
    if (!parameter.node_) continue;
    if (parameter.node_->depth >= kMaxDepth ||
        node.size + parameter.node_->size > kMaxSize) {
      parameter = Type();
      continue;
    }
    node.depth = std::max(node.depth, parameter.node_->depth + 1);
    node.size += parameter.node_->size;
  }
  return std::make_shared<const Node>(std::move(node));
}

Type Type::List(Type element) {
  return {Kind::kList, MakeNode({}, {std::move(element)})};
}

Type Type::Map(Type key, Type value) {
  return {Kind::kMap, MakeNode({}, {std::move(key), std::move(value)})};
}

Type Type::Optional(Type value) {
  return {Kind::kOptional, MakeNode({}, {std::move(value)})};
}

Type Type::Of(Type type) {
  return {Kind::kType, MakeNode({}, {std::move(type)})};
}

Type Type::Opaque(std::string name, std::vector<Type> parameters) {
  return {Kind::kOpaque, MakeNode(std::move(name), std::move(parameters))};
}

Type Type::Object(std::shared_ptr<const ObjectType> object) {
  Node node{object->name, {}, std::move(object)};
  return {Kind::kObject, std::make_shared<const Node>(std::move(node))};
}

Type Type::Parameter(std::string name) {
  return {Kind::kParameter, MakeNode(std::move(name), {})};
}

const std::string& Type::name() const {
  static const std::string kNone;
  return node_ ? node_->name : kNone;
}

const std::vector<Type>& Type::parameters() const {
  static const std::vector<Type> kNone;
  return node_ ? node_->parameters : kNone;
}

const ObjectType& Type::object() const { return *node_->object; }

std::uint32_t Type::size() const { return node_ ? node_->size : 1; }

std::string Type::ToText() const {
  std::string text;
  for (const Named& simple : kSimple) {
    if (simple.kind == kind_) return std::string(simple.name);
  }
  switch (kind_) {
    case Kind::kList:
      text = "list";
      break;
    case Kind::kMap:
      text = "map";
      break;
    case Kind::kType:
      text = "type";
      break;
    case Kind::kOptional:
      text = "optional_type";
      break;
    case Kind::kDyn:
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kOpaque:
    case Kind::kObject:
    case Kind::kParameter:
      text = name();
      break;
  }
  if (parameters().empty()) return text;
  text += '(';
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    if (i > 0) text += ", ";
    text += parameters()[i].ToText();
  }
  return text + ')';
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_) return false;
  if (a.node_ == b.node_) return true;
  if (!a.node_ || !b.node_) return false;
  return a.node_->object == b.node_->object && a.name() == b.name() &&
         a.parameters() == b.parameters();
}

const ObjectType::Field* ObjectType::Find(std::string_view field) const {
  for (const Field& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

std::optional<Type> ParseType(std::string_view text) {
  TypeReader reader(text);
  auto type = reader.Read();
  if (!type || !reader.Done()) return std::nullopt;
  return type;
}

std::optional<std::vector<Type>> ParseTypes(std::string_view text) {
  TypeReader reader(text);
  std::vector<Type> types;
  if (reader.Done()) return types;
  do {
    auto type = reader.Read();
    if (!type) return std::nullopt;
    types.push_back(*std::move(type));
  } while (reader.Take(','));
  if (!reader.Done()) return std::nullopt;
  return types;
}

}  // namespace writ::engine::cel
