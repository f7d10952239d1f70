// The path to where a walk over a value stands, put into words only when
// somebody asks: "spec.fields[currency].required".
//
// Holds views of what it was given: those outlive it. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

class ValuePath {
 public:
  // Steps down for as long as it lives.
  class Step {
   public:
    Step(ValuePath& path, std::string_view member);
    Step(ValuePath& path, std::size_t index);
    ~Step() { path_.parts_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    friend class ValuePath;
    ValuePath& path_;
  };

  // The item of a keyed list or set that the last step is at is known by this.
  void NameItem(std::string_view key);

  std::size_t depth() const { return parts_.size(); }
  std::string Text() const;

 private:
  struct Part {
    std::string_view text;
    std::size_t index = 0;
    enum class Form { kMember, kIndex, kKey } form = Form::kMember;
  };
  std::vector<Part> parts_;
};

}  // namespace writ
