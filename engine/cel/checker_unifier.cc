#include "engine/cel/checker_unifier.h"

#include <algorithm>
#include <charconv>

namespace writ::engine::cel {
namespace {

using TypeKind = Type::Kind;

// A chain of variables, each bound to a list of the next, is as deep as its
// author likes, unlike a type.
constexpr std::size_t kMaxDepth = 2'000;

// Counts a level of recursion while it lives.
class Level {
 public:
  explicit Level(std::size_t& depth) : depth_(++depth) {}
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { --depth_; }

 private:
  std::size_t& depth_;
};

bool IsVariable(const Type& type) { return type.Is(TypeKind::kParameter); }

// What may be null although its type isn't null_type: whatever a protocol
// buffer would hold in a field that can be unset, and objects.
bool IsNullable(const Type& type) {
  return type.Is(TypeKind::kNull) || type.Is(TypeKind::kTimestamp) ||
         type.Is(TypeKind::kDuration) || type.Is(TypeKind::kOptional) ||
         type.Is(TypeKind::kOpaque) || type.Is(TypeKind::kObject);
}

Type MapOf(const Type& object) {
  return object.Is(TypeKind::kObject)
             ? Type::Map(Type(TypeKind::kString), Type())
             : object;
}

// `like` with other parameters.
Type WithParameters(const Type& like, std::vector<Type> parameters) {
  switch (like.kind()) {
    case TypeKind::kList:
      return Type::List(std::move(parameters[0]));
    case TypeKind::kMap:
      return Type::Map(std::move(parameters[0]), std::move(parameters[1]));
    case TypeKind::kType:
      return Type::Of(std::move(parameters[0]));
    case TypeKind::kOptional:
      return Type::Optional(std::move(parameters[0]));
    case TypeKind::kOpaque:
      return Type::Opaque(like.name(), std::move(parameters));
    case TypeKind::kDyn:
    case TypeKind::kNull:
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kObject:
    case TypeKind::kParameter:
      break;
  }
  return like;
}

}  // namespace

Type Unifier::NewVariable() {
  bindings_.emplace_back();
  return Type::Parameter(std::to_string(bindings_.size() - 1));
}

Unifier::Index Unifier::IndexOf(const Type& variable) {
  Index index = 0;
  const std::string& name = variable.name();
  std::from_chars(name.data(), name.data() + name.size(), index);
  return index;
}

Type Unifier::Instantiate(const Type& type, Instance& instance) {
  if (IsVariable(type)) {
    for (const auto& [name, variable] : instance) {
      if (name == type.name()) return variable;
    }
    return instance.emplace_back(type.name(), NewVariable()).second;
  }
  if (!HasVariable(type)) return type;
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters()) {
    parameters.push_back(Instantiate(parameter, instance));
  }
  return WithParameters(type, std::move(parameters));
}

bool Unifier::Assign(const Type& from, const Type& to) {
  if (!Spend(from.size() + to.size()) || from == to) return true;
  const std::size_t mark = Mark();
  if (Unify(from, to)) return true;
  Rollback(mark);
  return false;
}

std::optional<Type> Unifier::Common(const Type& a, const Type& b) {
  if (!Spend(a.size() + b.size())) return Type();
  if (a == b) return a;
  if (!Assign(a, b)) return std::nullopt;
  return General(a, b);
}

Type Unifier::Last(const Type& type) const {
  Type last = type;
  while (IsVariable(last)) {
    const std::optional<Type>& next = bindings_[IndexOf(last)];
    if (!next || !IsVariable(*next)) break;
    last = *next;
  }
  return last;
}

Type Unifier::Resolve(const Type& type) const {
  const Type last = Last(type);
  if (!IsVariable(last)) return last;
  const std::optional<Type>& known = bindings_[IndexOf(last)];
  return known ? *known : last;
}

bool Unifier::HasVariable(const Type& type) {
  if (IsVariable(type)) return true;
  return std::any_of(
      type.parameters().begin(), type.parameters().end(),
      [](const Type& parameter) { return HasVariable(parameter); });
}

Type Unifier::Substitute(const Type& type) {
  if (!Spend(type.size())) return {};
  return HasVariable(type) ? Rebuild(type, false) : type;
}

Type Unifier::Finish(const Type& type) {
  if (!Spend(type.size())) return {};
  return HasVariable(type) ? Rebuild(type, true) : type;
}

Type Unifier::Rebuild(const Type& type, bool finish) {
  const Level level(depth_);
  if (!Spend()) return {};
  const Type known = Resolve(type);
  if (IsVariable(known)) return finish ? Type() : known;
  if (known.parameters().empty()) return known;
  std::vector<Type> parameters;
  for (const Type& parameter : known.parameters()) {
    parameters.push_back(Rebuild(parameter, finish));
  }
  return WithParameters(known, std::move(parameters));
}

void Unifier::Rollback(std::size_t mark) {
  while (trail_.size() > mark) {
    Binding& last = trail_.back();
    bindings_[last.variable] = std::move(last.before);
    trail_.pop_back();
  }
}

void Unifier::Bind(Index variable, Type type) {
  trail_.push_back({variable, std::move(bindings_[variable])});
  bindings_[variable] = std::move(type);
}

bool Unifier::Spend(std::size_t work) {
  if (depth_ > kMaxDepth || work >= work_) {
    work_ = 0;
    return false;
  }
  work_ -= work;
  return true;
}

bool Unifier::Occurs(Index variable, const Type& type) {
  const Level level(depth_);
  if (!Spend()) return false;
  const Type last = Last(type);
  if (IsVariable(last)) {
    if (IndexOf(last) == variable) return true;
    const Type known = Resolve(last);
    return !IsVariable(known) && Occurs(variable, known);
  }
  return std::any_of(
      last.parameters().begin(), last.parameters().end(),
      [&](const Type& parameter) { return Occurs(variable, parameter); });
}

bool Unifier::Unify(const Type& from, const Type& to) {
  const Level level(depth_);
  if (!Spend()) return true;
  const Type a = Last(from);
  const Type b = Last(to);
  if (IsVariable(a) && IsVariable(b) && a.name() == b.name()) return true;
  if (IsVariable(b)) return UnifyVariable(b, a);
  if (IsVariable(a)) return UnifyVariable(a, b);
  return UnifyKnown(a, b);
}

bool Unifier::UnifyVariable(const Type& variable, const Type& other) {
  const Index index = IndexOf(variable);
  if (!bindings_[index]) {
    if (Occurs(index, other)) return false;
    Bind(index, other);
    return true;
  }
  if (IsVariable(other) && !bindings_[IndexOf(other)]) {
    return UnifyVariable(other, variable);
  }
  const Type known = *bindings_[index];
  if (!Unify(other, known)) return false;
  Type general = General(Resolve(other), known);
  // Unifying may have bound it to something more general already.
  if (!(general == *bindings_[index]) && !Occurs(index, general)) {
    Bind(index, std::move(general));
  }
  return true;
}

bool Unifier::UnifyKnown(const Type& a, const Type& b) {
  if (a.Is(TypeKind::kDyn) || b.Is(TypeKind::kDyn)) return true;
  if (a.Is(TypeKind::kNull)) return IsNullable(b);
  if (b.Is(TypeKind::kNull)) return IsNullable(a);
  if (a.Is(TypeKind::kObject)) return UnifyObject(a, b);
  if (b.Is(TypeKind::kObject)) return UnifyObject(b, a);
  if (a.Is(TypeKind::kType) && b.Is(TypeKind::kType)) {
    // Types are comparable whatever they are types of; that two agree may
    // still tell what T is in type(T).
    Assign(a.parameters()[0], b.parameters()[0]);
    return true;
  }
  return UnifyParameters(a, b);
}

bool Unifier::UnifyParameters(const Type& a, const Type& b) {
  if (a.kind() != b.kind() || a.name() != b.name() ||
      a.parameters().size() != b.parameters().size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    if (!Unify(a.parameters()[i], b.parameters()[i])) return false;
  }
  return true;
}

// Objects are different maps, unless one of them has fields that aren't known.
bool Unifier::UnifyObject(const Type& object, const Type& other) {
  if (!other.Is(TypeKind::kObject)) {
    return other.Is(TypeKind::kMap) && UnifyParameters(MapOf(object), other);
  }
  return object == other || object.object().open || other.object().open;
}

// REQUIRES, as all that follow: a and b unify.
Type Unifier::General(const Type& a, const Type& b) {
  const Level level(depth_);
  if (!Spend()) return {};
  // A variable has been bound to what is more general while unifying.
  const Type x = Last(a);
  if (IsVariable(x)) return x;
  const Type y = Last(b);
  if (IsVariable(y)) return y;
  return GeneralKnown(x, y);
}

Type Unifier::GeneralKnown(const Type& a, const Type& b) {
  if (a.Is(TypeKind::kDyn) || b.Is(TypeKind::kDyn)) return {};
  if (a.Is(TypeKind::kNull)) return b;
  if (b.Is(TypeKind::kNull) || a == b) return a;
  if (a.Is(TypeKind::kType)) {
    const Type what = Finish(a.parameters()[0]);
    return Type::Of(what == Finish(b.parameters()[0]) ? what : Type());
  }
  const Type x = MapOf(a);
  const Type y = MapOf(b);
  std::vector<Type> parameters;
  for (std::size_t i = 0; i < x.parameters().size(); ++i) {
    parameters.push_back(General(x.parameters()[i], y.parameters()[i]));
  }
  return WithParameters(x, std::move(parameters));
}

}  // namespace writ::engine::cel
