package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node has recorded of clients and messages, as its control API tells it. */
class TraceIT {
    private static final String SETTINGS = """
            skein.instances {
              default { anonymous = always, trace.mode = all, limits.body-bytes = 100 }
              watched {
                mode = open, anonymous = always, access-keys = [{ id = YYYYY, secret = XXXXX }]
                trace { mode = clients, clients = ["seen*"] }
              }
              unseen { mode = open, anonymous = always, access-keys = [{ id = YYYYY, secret = XXXXX }] }
              guarded {
                mode = open, access-keys = [{ id = YYYYY, secret = XXXXX }], trace.mode = all
                permissions = [{ effect = deny, action = publish, topics = ["secret/#"] }], default-permission = allow
              }
              refusing {
                mode = open, duplicate-client-id = reject, access-keys = [{ id = YYYYY, secret = XXXXX }]
                trace.mode = all
              }
            }
            """;

    @TempDir
    private static Path directory;

    private static ModelNode node;

    @BeforeAll
    static void start() {
        node = ModelNode.start(directory, SETTINGS);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** One record in few words: {@code step client detail}. */
    private static String shown(JsonNode record) {
        return record.path("step").asText()
                + " " + record.path("clientId").asText("-")
                + (record.path("detail").asText().isEmpty()
                        ? ""
                        : " " + record.path("detail").asText());
    }

    private static List<JsonNode> records(String instance, String path) {
        JsonNode answer =
                node.api("GET", "/instances/" + instance + "/trace" + path, "").json();
        assertThat(answer.path("unanswered")).isEmpty();
        List<JsonNode> records = new ArrayList<>();
        answer.path("records").forEach(records::add);
        return records;
    }

    /** The records, once they are as they are to be. */
    private static List<JsonNode> await(String instance, String path, Predicate<List<String>> wanted) {
        List<JsonNode> found = new ArrayList<>();
        try {
            Waiting.until("records of " + path, Duration.ofSeconds(20), () -> {
                found.clear();
                found.addAll(records(instance, path));
                return wanted.test(found.stream().map(TraceIT::shown).toList());
            });
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ": " + found.stream().map(TraceIT::shown).toList(), e);
        }
        return found;
    }

    private static List<JsonNode> ofClient(String clientId, Predicate<List<String>> wanted) {
        return await("default", "/clients/" + ModelNode.encode(clientId), wanted);
    }

    private static Predicate<List<String>> exactly(String... records) {
        return found -> found.equals(List.of(records));
    }

    private static Predicate<List<String>> last(String record) {
        return found -> !found.isEmpty() && found.getLast().startsWith(record);
    }

    private static String messageId(JsonNode record) {
        return record.at("/message/messageId").asText();
    }

    @Test
    void aMessageIsFollowedFromItsPublisherToItsReceiver() {
        try (Device to = node.stranger("way-to").connect();
                Device from = node.stranger("way-from").connect()) {
            to.subscribe("way/#", 1);
            from.publish("way/a", "x", 1);
            to.next();
            List<JsonNode> of =
                    ofClient("way-to", exactly("connect way-to mqtt", "pushed way-to", "acknowledged way-to"));
            String id = messageId(of.get(1));
            assertThat(id).matches("[0-9A-F]{32}");
            List<JsonNode> all = await(
                    "default",
                    "/messages/" + id,
                    exactly("received way-from mqtt", "pushed way-to", "acknowledged way-to"));
            assertThat(all).allSatisfy(record -> {
                assertThat(record.at("/message/topic").asText()).isEqualTo("way/a");
                assertThat(record.at("/message/qos").asInt()).isEqualTo(1);
                assertThat(record.path("node").asText()).isNotEmpty();
            });
            String channel = of.getFirst().path("channelId").asText();
            assertThat(channel).matches("[0-9a-f]{32}");
            assertThat(of.get(1).path("channelId").asText()).isEqualTo(channel);
            assertThat(of.getFirst().path("address").asText()).startsWith("127.0.0.1:");
            to.disconnect();
            List<JsonNode> end = ofClient("way-to", last("disconnect way-to disconnected by client"));
            assertThat(end.getLast().path("channelId").asText()).isEqualTo(channel);
        }
    }

    @Test
    void whatIsStoredIsFoundUnderBothOfItsIdentities() {
        try (Device kept = node.stranger("kept").persistent().connect()) {
            kept.subscribe("offline/#", 1);
            kept.disconnect();
        }
        ofClient("kept", last("disconnect"));
        String id = node.api(
                        "POST",
                        "/instances/default/messages",
                        "{\"topic\": \"offline/a\", \"payload\": \"x\", \"qos\": 1}")
                .json()
                .path("messageId")
                .asText();
        try (Device kept = node.stranger("kept").persistent().connect()) {
            kept.next();
            List<JsonNode> all = await(
                    "default",
                    "/messages/" + id,
                    exactly("received - api", "stored -", "pushed-offline kept", "acknowledged kept"));
            assertThat(all.get(1).path("count").asInt()).isEqualTo(1);
            assertThat(messageId(all.get(1))).isEqualTo(id);
            String received = all.get(1).at("/message/receivedAs").asText();
            assertThat(received).isNotEqualTo(id).isEqualTo(messageId(all.getFirst()));
            assertThat(records("default", "/messages/" + received.toLowerCase(Locale.ROOT)))
                    .isEqualTo(all);
            kept.publish("offline/b", "x", 2);
            kept.next();
            ofClient("kept", last("acknowledged kept"));
        }
    }

    @Test
    void aConnectionThatEndsSaysWhy() {
        try (Device silent = node.stranger("silent").keepAlive(1).connect()) {
            silent.awaitClose();
            ofClient("silent", last("close silent no heart"));
        }
        Device gone = node.stranger("gone").connect();
        gone.close();
        ofClient("gone", last("close gone closed by client"));
        try (Device first = node.stranger("twice").connect();
                Device second = node.stranger("twice").connect()) {
            first.awaitClose();
            ofClient(
                    "twice",
                    found -> found.size() == 3
                            && found.stream().anyMatch(each -> each.startsWith("close twice clientId conflict")));
            assertThat(node.api("POST", "/instances/default/clients/twice/disconnect", "")
                            .status())
                    .isEqualTo(200);
            second.awaitClose();
            ofClient("twice", last("close twice closed by operator"));
        }
        try (Device wrong = node.stranger("wrong").connect()) {
            wrong.subscribeAndBeClosed("a/#/b");
            ofClient("wrong", last("close wrong protocol violation: filter"));
        }
        try (Device again = node.stranger("again").connect()) {
            again.sendConnectAgain();
            again.awaitClose();
            ofClient("again", last("close again protocol violation"));
        }
    }

    @Test
    void aConnectThatIsRefusedSaysWhy() {
        try (Device wrong = new Device(node.address(), "stranger").signed("YYYYY", "wrong", "guarded")) {
            assertThat(wrong.tryConnect().code()).isPositive();
        }
        ofClient("stranger", last("close stranger connect refused")); // the listener's instance: no other is known yet
        try (Device first = node.device("refusing", "one").connect();
                Device second = node.device("refusing", "one")) {
            assertThat(second.tryConnect().code()).isPositive();
            List<JsonNode> found = await("refusing", "/clients/one", last("close one connect refused"));
            assertThat(found.getLast().path("channelId").isNull()).isTrue();
            first.ping();
        }
    }

    @Test
    void aMessageThatComesToNothingSaysWhy() {
        try (Device kept = node.stranger("drops-kept").persistent().connect()) {
            kept.subscribe("drops/q0", 0);
            kept.disconnect();
        }
        try (Device from = node.stranger("drops").connect()) {
            from.publish("drops/nobody", "x", 1);
            from.publish("drops/q0", "x", 0);
            from.publishOnly("drops/large", "x".repeat(101), 1);
            from.awaitClose();
            ofClient(
                    "drops",
                    found -> found.containsAll(List.of(
                                    "dropped drops no_subscriber",
                                    "dropped drops offline_qos0",
                                    "dropped drops too_large"))
                            && found.getLast().startsWith("close drops invalid param"));
        }
        try (Device from = node.device("guarded", "bad").connect()) {
            from.publish("secret/a", "x", 1);
            List<JsonNode> found = await("guarded", "/clients/bad", last("dropped bad not_authorized"));
            assertThat(found.getLast().at("/message/topic").asText()).isEqualTo("secret/a");
            assertThat(found.getLast().at("/message/messageId").isNull()).isTrue();
        }
    }

    @Test
    void onlyThoseAreRecordedThatTheInstanceNames() {
        try (Device seen = node.device("watched", "seen-1").connect();
                Device other = node.device("watched", "other").connect();
                Device unseen = node.device("unseen", "seen-1").connect()) {
            other.subscribe("a/#", 1);
            seen.subscribe("a/#", 1);
            unseen.publish("a/b", "x", 1);
            other.publish("a/b", "x", 1);
            seen.next();
            other.next();
            List<JsonNode> found = await(
                    "watched",
                    "/clients/seen-1",
                    exactly("connect seen-1 mqtt", "pushed seen-1", "acknowledged seen-1"));
            assertThat(records("watched", "/messages/" + messageId(found.get(1))))
                    .hasSize(2);
            assertThat(records("watched", "/clients/other")).isEmpty();
            assertThat(records("unseen", "/clients/seen-1")).isEmpty();
        }
    }

    @Test
    void recordsComeInPagesByTimeAndByStep() {
        try (Device from = node.stranger("pages").connect()) {
            for (int i = 0; i < 5; i++) {
                from.publish("pages/" + i, "x", 1);
            }
            List<JsonNode> all = ofClient("pages", found -> found.size() == 11);
            List<JsonNode> paged = new ArrayList<>();
            String after = "";
            do {
                JsonNode page = node.api(
                                "GET", "/instances/default/trace/clients/pages?order=newest&limit=3" + after, "")
                        .json();
                page.path("records").forEach(paged::add);
                after = page.path("next").isNull()
                        ? ""
                        : "&after=" + ModelNode.encode(page.path("next").asText());
            } while (!after.isEmpty());
            assertThat(paged).isEqualTo(all.reversed());
            assertThat(records("default", "/clients/pages?steps=received")).hasSize(5);
            long third = Instant.parse(all.get(5).path("time").asText()).toEpochMilli();
            assertThat(records("default", "/clients/pages?to=" + third))
                    .isEqualTo(all.stream()
                            .filter(each ->
                                    Instant.parse(each.path("time").asText()).toEpochMilli() <= third)
                            .toList());
        }
    }

    @Test
    void questionsThatAreWrongAreToldSo() {
        assertThat(refusal("/messages/xyz")).contains("messageId: xyz (expected: 32 hexadecimal digits)");
        assertThat(refusal("/clients/a?steps=jump")).contains("steps: jump (expected: some of connect,");
        assertThat(refusal("/clients/a?order=x")).contains("order: x (expected: oldest or newest)");
        assertThat(refusal("/clients/a?after=7")).contains("after: 7 (expected: next of the page before)");
        assertThat(refusal("/clients/a?from=5&to=4")).contains("to: 4 (expected: 5..");
    }

    private static String refusal(String path) {
        ModelNode.Reply reply = node.api("GET", "/instances/default/trace" + path, "");
        assertThat(reply.status()).isEqualTo(400);
        return reply.json().path("message").asText();
    }

    @Test
    void recordsAreCountedAndOutliveTheNode(@TempDir Path own) {
        String settings = "skein.instances.default { anonymous = always, trace.mode = all }";
        try (ModelNode first = ModelNode.start(own, settings)) {
            try (Device device = new Device(first.address(), "outlives").connect()) {
                device.publish("a/b", "x", 1);
                device.disconnect();
            }
            Waiting.until("records are written", () -> metric(first, "skein_trace_records_total") >= 4);
            assertThat(metric(first, "skein_trace_dropped_total")).isZero();
            assertThat(metric(first, "skein_trace_bytes")).isPositive();
        }
        try (ModelNode second = ModelNode.start(own, "")) {
            JsonNode answer = second.api("GET", "/instances/default/trace/clients/outlives", "")
                    .json();
            List<String> steps = new ArrayList<>();
            answer.path("records")
                    .forEach(record -> steps.add(record.path("step").asText()));
            assertThat(steps).containsExactly("connect", "received", "dropped", "disconnect");
        }
    }

    private static double metric(ModelNode of, String name) {
        return of.page("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
