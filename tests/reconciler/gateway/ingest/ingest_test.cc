// POST /v1/ingest: who may, what is taken, what is answered.
#include "reconciler/events/event_reader.h"
#include "tests/reconciler/gateway/ingest/ingest_fixture.h"

namespace writ::reconciler::gateway {
namespace {

// S-12
TEST_F(IngestTest, TakesAnEventAndAnswersItAsStored) {
  const HttpResponse response = Post(
      R"({"event":"order.placed","level":"success","customer_id":"c1",
          "data":{"orderId":"o1"},"metadata":{"traceId":"t"},
          "timestamp":"2026-06-01T12:00:00+02:00","id":"own-1"})");
  EXPECT_EQ(response.status, 201);
  const Value body = Json(response);
  EXPECT_EQ(body.Find("accepted")->AsInteger(), 1);
  const Value& event = body.Find("events")->AsList().at(0);
  EXPECT_TRUE(event.FindString("id").starts_with("evt_"));
  EXPECT_EQ(event.FindString("id").size(), 30U);
  EXPECT_EQ(event.FindString("appId"), "uid of App/shop");
  EXPECT_EQ(event.FindString("event"), "order.placed");
  EXPECT_EQ(event.FindString("eventName"), "order.placed");
  EXPECT_EQ(event.FindString("level"), "success");
  EXPECT_EQ(event.FindString("customer_id"), "c1");
  EXPECT_EQ(CompactJson(*event.Find("data")),
            R"({"orderId":"o1","currency":"USD"})");
  EXPECT_EQ(CompactJson(*event.Find("metadata")), R"({"traceId":"t"})");
  EXPECT_EQ(event.FindString("timestamp"), "2026-06-01T10:00:00.000Z");
  EXPECT_EQ(event.FindString("ingestedAt"), "2026-12-01T00:00:00.000Z");
  EXPECT_EQ(event.FindString("createdAt"), "2026-12-01T00:00:00.000Z");
  EXPECT_EQ(event.FindString("ownId"), "own-1");
  EXPECT_EQ(event.Find("schemaGeneration")->AsInteger(), 1);
  EXPECT_EQ(event.Find("duplicate"), nullptr);
}

// S-12
TEST_F(IngestTest, TakesBatchesInTheirOrder) {
  const HttpResponse response =
      Post("{\"events\":[" + Order("a") + "," + Order("b") + "]}");
  EXPECT_EQ(response.status, 201);
  const Value body = Json(response);
  EXPECT_EQ(body.Find("accepted")->AsInteger(), 2);
  const Value::List& events = body.Find("events")->AsList();
  EXPECT_EQ(events[0].FindPath("data.orderId")->AsString(), "a");
  EXPECT_EQ(events[1].FindPath("data.orderId")->AsString(), "b");
  EXPECT_LT(events[0].FindString("id"), events[1].FindString("id"));
}

// S-10
TEST_F(IngestTest, IsForAnAppsKeyAlone) {
  const std::string event = Order("a");
  const struct {
    std::vector<HttpHeader> headers;
    int status;
  } cases[] = {
      {{}, 401},
      {{{"x-api-key", "nobody"}}, 401},
      {{{"x-api-key", "old-key"}}, 401},
      {{{"x-api-key", ""}}, 401},
      {{{"Authorization", "Basic a2V5"}}, 401},
      {{{"Authorization", "Bearer "}}, 401},
      {{{"Authorization", "Bearer nobody"}}, 401},
      {{{"x-api-key", "secret"}}, 403},
      {{{"Authorization", "Bearer secret"}}, 403},
      {{{"x-api-key", "gone-key"}}, 403},
      {{{"x-api-key", "key"}, {"Authorization", "Bearer key"}}, 400},
      {{{"x-api-key", "key"}, {"x-api-key", "key"}}, 400},
      {{{"x-api-key", "key"}}, 201},
      {{{"Authorization", "bearer key"}}, 201},
  };
  for (const auto& each : cases) {
    const HttpResponse response = Ask(Request(event, each.headers));
    EXPECT_EQ(response.status, each.status)
        << (each.headers.empty() ? "none" : each.headers[0].value);
    const bool challenges = !response.headers.empty() &&
                            response.headers[0].name == "WWW-Authenticate";
    EXPECT_EQ(challenges, response.status == 401);
  }
}

// S-36: nobody learns whether a token ever was one.
TEST_F(IngestTest, AnswersRevokedAndUnknownKeysAlike) {
  EXPECT_EQ(Post(Order("a"), "old-key").body, Post(Order("a"), "nobody").body);
}

// T-18
TEST_F(IngestTest, AnswersNobodyWhileRevocationsCannotBeSeen) {
  authenticator_.current = false;
  const HttpResponse response = Post(Order("a"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.at(0).name, "Retry-After");
}

// T-09
TEST_F(IngestTest, RecordsUseWithItsPatternAndRefusedTries) {
  Post(Order("a"), "key", {{"User-Agent", std::string(300, 'a')}});
  Post(Order("a"), "old-key");
  Post(Order("a"), "nobody");
  Post(Order("a"), "secret");
  const std::vector<Use> uses = uses_.Taken();
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].credential, "crd_key");
  EXPECT_EQ(uses[0].route, "/v1/ingest");
  EXPECT_EQ(uses[0].agent.size(), 256U);
  EXPECT_FALSE(uses[0].refused);
  EXPECT_TRUE(uses[1].refused);
  EXPECT_TRUE(uses[2].refused);
}

TEST_F(IngestTest, StoresNothingOfABatchThatHoldsOneBadEvent) {
  const HttpResponse response =
      Post("[" + Order("a") + R"(,{"event":"order.placed","level":"info",
           "data":{"currency":7}},)" +
           R"({"event":"nothing","level":"info","data":{}}])");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Violations(response),
            "type_mismatch /1/data/currency; required_missing "
            "/1/data/orderId; unplanned_event /2/event");
  const Value body = Json(response);
  EXPECT_EQ(body.FindString("error"), "Bad Request");
  EXPECT_EQ(body.FindString("timestamp"), "2026-12-01T00:00:00.000Z");
  const Value& first = body.Find("violations")->AsList()[1];
  EXPECT_EQ(first.Find("index")->AsInteger(), 1);
  EXPECT_EQ(first.FindString("schemaPath"), "spec.fields[orderId].required");
  EXPECT_EQ(Json(Get("shop")).Find("items")->AsList().size(), 0U);
}

TEST_F(IngestTest, KeepsRefusedEventsAsDeadLetters) {
  Post("[" + Order("a") + R"(,{"event":"order.placed","level":"info",
       "data":{}},{"event":"nothing","level":"info","data":{}}])");
  Post("{}");
  ingest_.reset();
  const auto reader = EventReader::Open(folder_ / "state");
  ASSERT_TRUE(reader);
  const auto letters = (*reader)->DeadLetters("uid of App/shop", 0, 10);
  ASSERT_TRUE(letters);
  ASSERT_EQ(letters->size(), 2U);
  EXPECT_EQ((*letters)[1].letter.event, "order.placed");
  EXPECT_EQ((*letters)[1].letter.body,
            R"({"event":"order.placed","level":"info","data":{}})");
  EXPECT_NE((*letters)[1].letter.violations.find("required_missing"),
            std::string::npos);
  EXPECT_EQ((*letters)[0].letter.event, "nothing");
}

TEST_F(IngestTest, TellsOfViolationsWhereASchemaOnlyObserves) {
  const HttpResponse response =
      Post(R"({"event":"seen","level":"info","data":{"x":1}})");
  EXPECT_EQ(response.status, 201);
  const Value body = Json(response);
  EXPECT_EQ(body.Find("warnings")->AsList()[0].FindString("code"),
            "additional_property");
  EXPECT_EQ(ingest_->counts().warned, 1U);
}

TEST_F(IngestTest, TakesUnplannedEventsWhereTheAppSaysSo) {
  const HttpResponse response = Post(
      R"({"event":"any.thing","level":"info","data":{"x":1}})", "cart-key");
  EXPECT_EQ(response.status, 201);
  const Value body = Json(response);
  EXPECT_EQ(body.Find("warnings")->AsList()[0].FindString("code"),
            "unplanned_event");
  EXPECT_EQ(
      body.Find("events")->AsList()[0].Find("schemaGeneration")->AsInteger(),
      0);
}

TEST_F(IngestTest, NamesLimitsInVelasShape) {
  EXPECT_EQ(Violations(Post("[]")), "batch_limit ");
  EXPECT_EQ(Violations(Post("{")), "invalid_json ");
  EXPECT_EQ(Violations(Post(R"({"event":"a","event":"a"})")), "duplicate_key ");
  const HttpResponse large = Post(std::string(1'100'000, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_NE(Json(large).FindString("message").find("1048576"),
            std::string::npos);
}

TEST_F(IngestTest, MarksARepeatOfAnOwnId) {
  const std::string event =
      R"({"event":"order.placed","level":"info","data":{"orderId":"a"},
          "id":"own"})";
  const Value first = Json(Post(event));
  const Value again = Json(Post(event));
  const Value& repeated = again.Find("events")->AsList()[0];
  EXPECT_EQ(repeated.FindString("id"),
            first.Find("events")->AsList()[0].FindString("id"));
  EXPECT_TRUE(repeated.Find("duplicate")->AsBoolean());
  EXPECT_EQ(ingest_->counts().duplicates, 1U);
}

// T-19
TEST_F(IngestTest, AnswersAnIdempotencyKeyOnce) {
  const std::vector<HttpHeader> key = {{"Idempotency-Key", "k-1"}};
  const HttpResponse first = Post(Order("a"), "key", key);
  EXPECT_EQ(first.status, 201);
  const HttpResponse again = Post(Order("a"), "key", key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.headers.at(0).name, "Idempotent-Replayed");
  EXPECT_EQ(Json(again).Find("events")->AsList()[0].FindString("id"),
            Json(first).Find("events")->AsList()[0].FindString("id"));
  EXPECT_EQ(Post(Order("b"), "key", key).status, 422);
  EXPECT_EQ(Post(Order("b"), "key", {{"Idempotency-Key", "a b"}}).status, 400);
  EXPECT_EQ(Post(Order("b"), "key", {{"Idempotency-Key", ""}}).status, 400);
  EXPECT_EQ(Json(Get("shop")).Find("items")->AsList().size(), 1U);
}

TEST_F(IngestTest, GoesByTheSchemaThatIsLiveWhenItRefuses) {
  const std::string event = R"({"event":"new","level":"info","data":{}})";
  EXPECT_EQ(Violations(Post(event)), "unplanned_event /event");
  PutAll(*state_, {With("EventSchema/shop/new", "App/shop", "{}")});
  EXPECT_EQ(Post(event).status, 201);
}

TEST_F(IngestTest, KnowsAnAppThatWasJustMade) {
  EXPECT_EQ(Post(Order("a"), "gone-key").status, 403);
  PutAll(*state_, {With("App/gone", "Workspace/acme",
                        R"({"unplannedEvents":"allow"})")});
  const HttpResponse response = Post(Order("a"), "gone-key");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Json(response).Find("warnings"), nullptr);
}

TEST_F(IngestTest, StopsAtTheDisksReserveAndSaysSo) {
  ingest_.reset();
  IngestOptions options;
  options.store.folder = folder_ / "state";
  options.store.free_bytes = [] { return std::uint64_t{0}; };
  options.authenticator = &authenticator_;
  options.clock = &clock_;
  ingest_ = *Ingest::Open(options);
  router_.emplace(*Router::Create(ingest_->routes()));
  const HttpResponse response = Post(Order("a"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.at(0).name, "Retry-After");
}

TEST_F(IngestTest, CountsWhatBecameOfEvents) {
  Post(Order("a"));
  Post("[" + Order("b") + "," + Order("c") + "]");
  Post(R"({"event":"order.placed","level":"info","data":{}})");
  Post("{");
  const IngestCounts counts = ingest_->counts();
  EXPECT_EQ(counts.accepted, 3U);
  EXPECT_EQ(counts.rejected, 1U);
  EXPECT_EQ(counts.refused, 2U);
}

TEST_F(IngestTest, EndsWithRequestsUnderWay) {
  constexpr int kRequests = 200;
  std::vector<HttpRequest> requests;
  for (int i = 0; i < kRequests; ++i) {
    requests.push_back(
        Request(i % 2 == 0 ? Order("a") : "{\"event\":1}",
                {{"x-api-key", i % 3 == 0 ? "gone-key" : "key"}}));
  }
  std::atomic<int> answered{0};
  HttpHandler& handler = *ingest_->routes()[0].handler;
  for (const HttpRequest& request : requests) {
    handler.Handle(request, [&answered](const HttpResponse&) { ++answered; });
  }
  ingest_.reset();
  EXPECT_EQ(answered, kRequests);
}

}  // namespace
}  // namespace writ::reconciler::gateway
