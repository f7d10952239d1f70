// writ serve on a socket that was opened before it was started, as systemd
// hands one over.
#include <csignal>
#include <string>

#include "tests/e2e/remote_bench.h"

namespace writ::e2e {
namespace {

// Opens a socket as descriptor 3, says so to the process that it becomes.
constexpr char kActivate[] = R"(
import os, socket, sys
count, family, kind = sys.argv[1:4]
made = socket.socket(getattr(socket, family), getattr(socket, kind))
made.bind(("127.0.0.1" if family == "AF_INET" else "::1", 0))
if kind == "SOCK_STREAM":
    made.listen()
os.dup2(made.fileno(), 3)
os.set_inheritable(3, True)
os.environ["LISTEN_FDS"] = count
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[4], sys.argv[4:])
)";

class Activation : public Remote {
 protected:
  Invocation Activated(const std::string& count, const std::string& kind) {
    // Where it isn't handed over, this can't be listened on.
    Invocation call = Call({"serve", "--listen", "192.0.2.1:1",
                            "--allow-plain-public", "--threads", "2"});
    call.wrapper = {"/usr/bin/python3", "-c", kActivate, count,
                    "AF_INET",          kind};
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    return call;
  }
};

TEST_F(Activation, ServesTheSocketThatIsHandedOver) {
  Stop();
  server_ = std::make_unique<WritProcess>(Activated("1", "SOCK_STREAM"));
  ASSERT_TRUE(server_->WaitForOutput("Listening on ") &&
              server_->WaitForOutput("\n"))
      << server_->Wait().all();
  const std::string& out = server_->out_so_far();
  const std::size_t begin = out.find("Listening on ") + 13;
  url_ = out.substr(begin, out.find('\n', begin) - begin);
  EXPECT_TRUE(url_.starts_with("http://127.0.0.1:")) << url_;
  Runner(0, {"plan"});
  Runner(0, {"lock", "list"});
  Stop();
}

TEST_F(Activation, RefusesWhatItCantServe) {
  Stop();
  const Ran two = testing::RunWrit(Activated("2", "SOCK_STREAM"));
  EXPECT_EQ(two.code, 64);
  EXPECT_TRUE(Says(two, "hands over 2 sockets"));
  const Ran packets = testing::RunWrit(Activated("1", "SOCK_DGRAM"));
  EXPECT_EQ(packets.code, 64);
  EXPECT_TRUE(Says(packets, "no TCP socket that listens"));
}

// Of a process that this one was started by, say.
TEST_F(Activation, TakesNobodyElsesSocket) {
  Stop();
  Start();
  Invocation call = Call({"serve", "--listen", "not-an-address"});
  call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()},
                    {"LISTEN_PID", "1"},
                    {"LISTEN_FDS", "1"}};
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 64);
  EXPECT_TRUE(Says(ran, "is no address to listen on"));
}

}  // namespace
}  // namespace writ::e2e
