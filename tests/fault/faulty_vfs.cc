#include "tests/fault/faulty_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include <string>
#include <vector>

namespace writ::testing {
namespace {

// What a write that isn't synced yet put aside.
struct Unsynced {
  std::string path;
  std::int64_t offset = 0;
  std::string bytes;  // as they were
  std::int64_t size = 0;
};

struct State {
  Fault fault = Fault::kNone;
  std::int64_t fail_at = 0;
  std::int64_t count = 0;
  std::vector<Unsynced> unsynced;
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs vfs{};
  sqlite3_io_methods methods{};
};

// SQLite hands only its own pointers back.
State& TheState() {
  static State state;
  return state;
}

struct ShimFile {
  sqlite3_file base;
  const char* path;
  sqlite3_file* real;
};

ShimFile* Shim(sqlite3_file* file) { return reinterpret_cast<ShimFile*>(file); }

sqlite3_file* Real(sqlite3_file* file) { return Shim(file)->real; }

// Puts back what the loss of power takes.
void LosePower(bool every_other) {
  std::vector<Unsynced>& writes = TheState().unsynced;
  for (std::size_t i = writes.size(); i-- > 0;) {
    if (every_other && i % 2 == 0) continue;
    const Unsynced& write = writes[i];
    const int fd = ::open(write.path.c_str(), O_RDWR);
    if (fd < 0) continue;
    if (!write.bytes.empty()) {
      (void)!::pwrite(fd, write.bytes.data(), write.bytes.size(), write.offset);
    }
    // A later write that stayed may have made the file longer.
    if (!every_other) (void)!::ftruncate(fd, write.size);
    ::close(fd);
  }
}

// SQLITE_OK, or what the operation has to return.
int Strike(const std::function<void()>& half) {
  State& state = TheState();
  if (++state.count != state.fail_at) return SQLITE_OK;
  switch (state.fault) {
    case Fault::kNone:
      return SQLITE_OK;
    case Fault::kError:
      return state.count % 2 == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case Fault::kExit:
      half();
      break;
    case Fault::kCut:
      LosePower(false);
      break;
    case Fault::kTorn:
      LosePower(true);
      break;
  }
  ::_exit(kCrashed);
}

bool LosesPower() {
  const Fault fault = TheState().fault;
  return fault == Fault::kCut || fault == Fault::kTorn;
}

void Remember(sqlite3_file* file, std::int64_t offset, std::int64_t size) {
  if (!LosesPower() || Shim(file)->path == nullptr) return;
  Unsynced before;
  before.path = Shim(file)->path;
  before.offset = offset;
  sqlite3_int64 length = 0;
  Real(file)->pMethods->xFileSize(Real(file), &length);
  before.size = length;
  const std::int64_t there = std::clamp<std::int64_t>(length - offset, 0, size);
  before.bytes.resize(static_cast<std::size_t>(there));
  if (there > 0) {
    Real(file)->pMethods->xRead(Real(file), before.bytes.data(),
                                static_cast<int>(there), offset);
  }
  TheState().unsynced.push_back(std::move(before));
}

int Close(sqlite3_file* file) {
  return Real(file)->pMethods->xClose(Real(file));
}

int Read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), buffer, size, offset);
}

int Write(sqlite3_file* file, const void* buffer, int size,
          sqlite3_int64 offset) {
  const int code = Strike([&] {
    Real(file)->pMethods->xWrite(Real(file), buffer, size / 2, offset);
  });
  if (code != SQLITE_OK) return code;
  Remember(file, offset, size);
  return Real(file)->pMethods->xWrite(Real(file), buffer, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = Strike([] {});
  if (code != SQLITE_OK) return code;
  constexpr std::int64_t kAll = std::int64_t{1} << 40U;
  Remember(file, size, kAll);
  return Real(file)->pMethods->xTruncate(Real(file), size);
}

int Sync(sqlite3_file* file, int flags) {
  const int code = Strike([] {});
  if (code != SQLITE_OK) return code;
  if (Shim(file)->path != nullptr) {
    std::erase_if(TheState().unsynced, [&](const Unsynced& write) {
      return write.path == Shim(file)->path;
    });
  }
  return Real(file)->pMethods->xSync(Real(file), flags);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}

int Lock(sqlite3_file* file, int lock) {
  return Real(file)->pMethods->xLock(Real(file), lock);
}

int Unlock(sqlite3_file* file, int lock) {
  return Real(file)->pMethods->xUnlock(Real(file), lock);
}

int CheckReservedLock(sqlite3_file* file, int* result) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), result);
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}

int SectorSize(sqlite3_file* file) {
  return Real(file)->pMethods->xSectorSize(Real(file));
}

int DeviceCharacteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}

int ShmMap(sqlite3_file* file, int page, int size, int extend,
           void volatile** result) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, result);
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}

void ShmBarrier(sqlite3_file* file) {
  Real(file)->pMethods->xShmBarrier(Real(file));
}

int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

int OpenFile(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file,
             int flags, int* out_flags) {
  ShimFile* shim = Shim(file);
  shim->base.pMethods = nullptr;
  shim->path = name;  // SQLite keeps it until the file is closed
  shim->real = reinterpret_cast<sqlite3_file*>(shim + 1);
  State& state = TheState();
  const int code =
      state.real->xOpen(state.real, name, shim->real, flags, out_flags);
  if (shim->real->pMethods != nullptr) shim->base.pMethods = &state.methods;
  return code;
}

int Delete(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  const int code = Strike([] {});
  if (code != SQLITE_OK) return code;
  std::erase_if(TheState().unsynced,
                [&](const Unsynced& write) { return write.path == name; });
  return TheState().real->xDelete(TheState().real, name, sync_folder);
}

}  // namespace

void InstallFaultyVfs(Fault fault, std::int64_t fail_at) {
  State& state = TheState();
  state.fault = fault;
  state.fail_at = fail_at;
  state.real = sqlite3_vfs_find(nullptr);
  state.vfs = *state.real;
  state.vfs.zName = "faulty";
  state.vfs.szOsFile =
      static_cast<int>(sizeof(ShimFile)) + state.real->szOsFile;
  state.vfs.xOpen = OpenFile;
  state.vfs.xDelete = Delete;
  state.methods.iVersion = 2;  // no memory mapping: writes would go unseen
  state.methods.xClose = Close;
  state.methods.xRead = Read;
  state.methods.xWrite = Write;
  state.methods.xTruncate = Truncate;
  state.methods.xSync = Sync;
  state.methods.xFileSize = FileSize;
  state.methods.xLock = Lock;
  state.methods.xUnlock = Unlock;
  state.methods.xCheckReservedLock = CheckReservedLock;
  state.methods.xFileControl = FileControl;
  state.methods.xSectorSize = SectorSize;
  state.methods.xDeviceCharacteristics = DeviceCharacteristics;
  state.methods.xShmMap = ShmMap;
  state.methods.xShmLock = ShmLock;
  state.methods.xShmBarrier = ShmBarrier;
  state.methods.xShmUnmap = ShmUnmap;
  sqlite3_vfs_register(&state.vfs, 1);
}

bool FaultStruck() {
  const State& state = TheState();
  return state.fault != Fault::kNone && state.count >= state.fail_at;
}

}  // namespace writ::testing
