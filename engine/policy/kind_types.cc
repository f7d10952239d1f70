#include "engine/policy/kind_types.h"

#include <memory>
#include <utility>

namespace writ::engine {
namespace {

using cel::ObjectType;
using cel::Type;
using Kind = Type::Kind;

Type StringMap() { return Type::Map(Kind::kString, Kind::kString); }

Type ResourceTypeOf(const writ::Kind& kind) {
  const Type metadata = ObjectOf("metadata", {{"name", Kind::kString},
                                              {"labels", StringMap()},
                                              {"annotations", StringMap()}});
  const Type lifecycle = ObjectOf(
      "lifecycle", {{"onDelete", Kind::kString}, {"protect", Kind::kBool}});
  return ObjectOf(kind.name,
                  {{"kind", Kind::kString},
                   {"metadata", metadata},
                   {"lifecycle", lifecycle},
                   {"spec", TypeOfField(kind.spec, kind.name + ".spec")}});
}

Type ObjectOfMembers(const Field& field, const std::string& name) {
  std::vector<ObjectType::Field> members;
  for (const Field& member : field.fields) {
    members.push_back(
        {member.name, TypeOfField(member, name + "." + member.name)});
  }
  return ObjectOf(name, std::move(members));
}

Type UnionOfObjects(const ObjectType& a, const ObjectType& b) {
  auto both = std::make_shared<ObjectType>();
  both->name = a.name == b.name ? a.name : a.name + " or " + b.name;
  both->open = a.open || b.open;
  for (const ObjectType::Field& field : a.fields) {
    const ObjectType::Field* other = b.Find(field.name);
    both->fields.push_back(
        {field.name, other ? Union(field.type, other->type) : field.type});
  }
  for (const ObjectType::Field& field : b.fields) {
    if (a.Find(field.name) == nullptr) both->fields.push_back(field);
  }
  return Type::Object(std::move(both));
}

Type UnionOfKinds(const std::vector<const writ::Kind*>& kinds) {
  Type type = ResourceTypeOf(*kinds.front());
  for (std::size_t i = 1; i < kinds.size(); ++i) {
    type = Union(type, ResourceTypeOf(*kinds[i]));
  }
  if (kinds.size() == 1) return type;
  // The names of a dozen kinds would help nobody.
  auto named = std::make_shared<ObjectType>(type.object());
  named->name = "these kinds";
  for (ObjectType::Field& field : named->fields) {
    if (field.name != "spec") continue;
    auto spec = std::make_shared<ObjectType>(field.type.object());
    spec->name = "spec of these kinds";
    field.type = Type::Object(std::move(spec));
  }
  return Type::Object(std::move(named));
}

}  // namespace

cel::Type ObjectOf(std::string name,
                   std::vector<cel::ObjectType::Field> fields) {
  auto object = std::make_shared<ObjectType>();
  object->name = std::move(name);
  object->fields = std::move(fields);
  return Type::Object(std::move(object));
}

Type TypeOfField(const Field& field, const std::string& name) {
  if (field.nullable) return {};
  switch (field.type) {
    case FieldType::kString:
    case FieldType::kDuration:
    case FieldType::kTimestamp:
    case FieldType::kEnum:
    case FieldType::kReference:
      return Kind::kString;
    case FieldType::kBoolean:
      return Kind::kBool;
    case FieldType::kInteger:
      return Kind::kInt;
    case FieldType::kSecretRef:
      return ObjectOf(name,
                      {{"project", Kind::kString}, {"key", Kind::kString}});
    case FieldType::kObject:
      return ObjectOfMembers(field, name);
    case FieldType::kList:
      return Type::List(field.item ? TypeOfField(*field.item, name) : Type());
    case FieldType::kMap:
      return Type::Map(Kind::kString,
                       field.item ? TypeOfField(*field.item, name) : Type());
    case FieldType::kNumber:
    case FieldType::kSecretUrl:
    case FieldType::kAny:
      break;
  }
  return {};
}

Type TypeOfValue(const Value& value, const std::string& name) {
  switch (value.type()) {
    case Value::Type::kBoolean:
      return Kind::kBool;
    case Value::Type::kInteger:
      return Kind::kInt;
    case Value::Type::kNumber:
      return Kind::kDouble;
    case Value::Type::kString:
      return Kind::kString;
    case Value::Type::kList: {
      const Value::List& items = value.AsList();
      if (items.empty()) return Type::List({});
      Type item = TypeOfValue(items.front(), name);
      for (const Value& other : items) {
        item = Union(item, TypeOfValue(other, name));
      }
      return Type::List(item);
    }
    case Value::Type::kMap: {
      std::vector<ObjectType::Field> fields;
      for (const Value::Entry& entry : value.AsMap()) {
        fields.push_back(
            {entry.key, TypeOfValue(entry.value, name + "." + entry.key)});
      }
      return ObjectOf(name, std::move(fields));
    }
    case Value::Type::kNull:
      break;
  }
  return {};
}

Type Union(const Type& a, const Type& b) {
  if (a == b) return a;
  if (a.kind() != b.kind()) return {};
  if (a.Is(Kind::kObject)) return UnionOfObjects(a.object(), b.object());
  if (a.Is(Kind::kList)) {
    return Type::List(Union(a.parameters()[0], b.parameters()[0]));
  }
  if (a.Is(Kind::kMap)) {
    return Type::Map(Kind::kString,
                     Union(a.parameters()[1], b.parameters()[1]));
  }
  return {};
}

Type ResourceType(const std::vector<std::string>& names) {
  std::vector<const writ::Kind*> kinds;
  for (const std::string& name : names) {
    if (const writ::Kind* kind = FindKind(name)) kinds.push_back(kind);
  }
  if (!kinds.empty()) return UnionOfKinds(kinds);
  static const Type kAnyKind = [] {
    std::vector<const writ::Kind*> all;
    for (const writ::Kind* kind : AllKinds()) {
      if (kind->is_resource) all.push_back(kind);
    }
    return UnionOfKinds(all);
  }();
  return kAnyKind;
}

}  // namespace writ::engine
