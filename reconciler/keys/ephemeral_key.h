// A random key in a file of its own, for values that wait to be delivered: what
// is sealed under it lies in the state, the key beside it in a 0600 file that
// backups leave out, and destroying the file is what erases the value (T-15).
//
// A plain value; wiped when it goes. Const access is safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reconciler/clock.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

class EphemeralKey {
 public:
  // A new file; durable when it returns. kConflict where it is there.
  static Result<EphemeralKey> Create(const std::string& file, Random& random);
  // Nothing where there is no file. kPermission where others may read it,
  // kCorrupt where it isn't one, kIo.
  static Result<std::optional<EphemeralKey>> Open(const std::string& file);
  // The file is gone for good when it returns; it may be gone already. kIo.
  static Status Destroy(const std::string& file);

  // `bound` has to be the same when it's opened.
  std::string Seal(std::string_view bound, const SecretValue& value,
                   Random& random) const;
  // kCorrupt.
  Result<SecretValue> Unseal(std::string_view bound,
                             std::string_view sealed) const;

 private:
  explicit EphemeralKey(SecretValue key) : key_(std::move(key)) {}

  SecretValue key_;
};

}  // namespace writ::reconciler
