// Notifications of a running gateway: a thread that evaluates events once they
// are stored and sends what follows from them, with connections of its own to
// both files of the state. Killed anywhere, the next one goes on: each
// notification arrives at least once, always under the same id.
//
//   Notifier notifier({.folder = …, .host = …, .clock = &clock, …});
//   TRY(notifier.Start());
//   notifier.Wake();   // after a commit of events; without it within a second
//   notifier.Stop();
//
// Safe from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "reconciler/clock.h"
#include "reconciler/host/host_file.h"
#include "reconciler/notify/round.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

class HttpClient;
class SmtpClient;

struct NotifierOptions {
  std::string folder;       // the state's
  std::string environment;  // checked when not empty
  HostFile host;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  // Safe from any thread; null: the real ones, under the host file's rules.
  HttpClient* http = nullptr;
  SmtpClient* smtp = nullptr;
  std::string ca_file;  // authorities to believe instead of the system's
  // Makes what reads destinations' secrets (SecretReader::ReadFor), for the
  // notifier's thread and its store, which outlives it.
  std::function<SecretOfUser(StateStore&)> secrets;
  std::size_t senders = 8;
};

struct NotifierStatus {
  bool running = false;
  std::string error;                // of the last pass; empty: it went well
  std::vector<std::string> faults;  // rules and silences that can't be read
};

class Notifier {
 public:
  explicit Notifier(NotifierOptions options);
  // Stops.
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Opens both files, makes events.db where there is none; errors as they have
  // them. The thread runs when it returns.
  Status Start();
  // Waits for what is being sent, at most its timeout, and keeps its outcome.
  void Stop();
  // Stops, and goes on under another host file. Where that fails it stays
  // stopped.
  Status Restart(HostFile host);
  // Never blocks.
  void Wake();
  NotifierStatus status() const;

 private:
  class Thread;
  void MakeClients();
  void TellSettled();

  NotifierOptions options_;
  std::unique_ptr<HttpClient> own_http_;
  std::unique_ptr<SmtpClient> own_smtp_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  bool stored_ = false;   // events
  bool settled_ = false;  // something that was sent, so that there is room
  NotifierStatus status_;
  std::jthread thread_;
};

}  // namespace writ::reconciler
