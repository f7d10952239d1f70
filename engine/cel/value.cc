#include "engine/cel/value.h"

#include <cmath>
#include <new>

#include "engine/cel/short_text.h"
#include "engine/cel/value_objects.h"

namespace writ::engine::cel {
namespace {

// In front of counted characters; as large as the alignment of `new` wants the
// characters to be.
struct TextHeader {
  std::uint64_t references = 1;
};

TextHeader* HeaderOf(const char* characters) {
  return std::bit_cast<TextHeader*>(characters - sizeof(TextHeader));
}

// Room for `size` characters behind a header.
char* NewText(std::size_t size) {
  char* room = static_cast<char*>(::operator new(sizeof(TextHeader) + size));
  new (room) TextHeader;
  return room + sizeof(TextHeader);
}

}  // namespace

Value Value::CopyText(Kind kind, std::string_view text) {
  return Concatenated(kind, text, {});
}

Value Value::Concatenated(Kind kind, std::string_view left,
                          std::string_view right) {
  const std::size_t size = left.size() + right.size();
  if (size == 0) return BorrowText(kind, "");
  char* text = NewText(size);
  cel::CopyText(right, cel::CopyText(left, text));
  return {kind, std::bit_cast<std::uint64_t>(text),
          static_cast<std::uint32_t>(size), kCounted};
}

Value Value::StringOfSize(std::size_t size, char*& room) {
  room = NewText(size);
  return {Kind::kString, std::bit_cast<std::uint64_t>(room),
          static_cast<std::uint32_t>(size), kCounted};
}

Value Value::String(std::string_view text) {
  return CopyText(Kind::kString, text);
}

Value Value::Bytes(std::string_view bytes) {
  return CopyText(Kind::kBytes, bytes);
}

Value Value::List(std::vector<Value> items) {
  return OfObject(Kind::kList, new ListObject{1, std::move(items)});
}

Value Value::OptionalOf(Value value) {
  return OfObject(Kind::kOptional, new OptionalObject{1, std::move(value)});
}

Value Value::OfOpaque(Opaque* object) {
  return OfObject(Kind::kOpaque, object);
}

Value Value::Error(std::string message, ExprId at) {
  return OfObject(Kind::kError, new ErrorDetail{1, at, std::move(message)});
}

void Value::Retain() const {
  switch (kind_) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType:
      ++HeaderOf(object<const char>())->references;
      return;
    case Kind::kOpaque:
      ++object<Opaque>()->references_;
      return;
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kError:
      ++*object<std::uint32_t>();
      return;
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kTimestamp:
    case Kind::kDuration:
      return;
  }
}

void Value::Release() {
  switch (kind_) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType: {
      TextHeader* header = HeaderOf(object<const char>());
      if (--header->references == 0) ::operator delete(header);
      return;
    }
    case Kind::kOpaque:
      if (--object<Opaque>()->references_ == 0) delete object<Opaque>();
      return;
    case Kind::kList:
      if (--object<ListObject>()->references == 0) delete object<ListObject>();
      return;
    case Kind::kMap:
      if (--object<MapObject>()->references == 0) delete object<MapObject>();
      return;
    case Kind::kOptional: {
      auto* optional = object<OptionalObject>();
      if (--optional->references == 0) delete optional;
      return;
    }
    case Kind::kError: {
      auto* detail = object<ErrorDetail>();
      if (--detail->references == 0) delete detail;
      return;
    }
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kTimestamp:
    case Kind::kDuration:
      return;
  }
}

const Value& Value::OptionalValue() const {
  return object<OptionalObject>()->value;
}

const Opaque& Value::opaque() const { return *object<Opaque>(); }

const Value::ErrorDetail& Value::error() const {
  return *object<ErrorDetail>();
}

void Value::LocateError(ExprId at) {
  auto* detail = object<ErrorDetail>();
  if (detail->at == 0) detail->at = at;
}

std::string_view TypeName(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kType:
      return "type";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
    case Kind::kOptional:
      return "optional_type";
    case Kind::kOpaque:
      return value.opaque().type_name();
    case Kind::kError:
      return "error";
  }
  return "";
}

}  // namespace writ::engine::cel
