package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.protocol.message.Properties;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlServerTest {
    private static final String DEFAULT = "/api/v1/instances/default";
    private static final FakeNode NODE = new FakeNode();
    private static TestServer server;
    private static Http11 http;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(NODE, "");
        http = new Http11(server.url());
    }

    @AfterAll
    static void stop() {
        http.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        NODE.clients.clear();
        NODE.published.clear();
        NODE.messages.clear();
        NODE.ready = HealthReport.of(HealthReport.Check.good("store", "commits"));
    }

    @Test
    void instancesAreListedAndShown() throws Exception {
        assertThat(http.get("/api/v1/instances").json().at("/instances/0/id").asText())
                .isEqualTo("default");
        assertThat(http.get(DEFAULT).json().path("mode").asText()).isEqualTo("open");
        assertThat(http.get("/api/v1/instances/nope").error())
                .isEqualTo("404 instance-not-found: instance: nope (expected: one that is configured)");
        assertThat(http.get("/api/v1/instances/nope/groups").error()).startsWith("404 instance-not-found");
    }

    @Test
    void groupIsCreatedListedAndDeletedAndTheAuditLogSaysSo() throws Exception {
        Http11.Reply created = http.post(DEFAULT + "/groups", "{\"group\":\"GID_one\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response().body()).isEqualTo("{\"name\":\"GID_one\",\"configured\":false}");
        assertThat(http.post(DEFAULT + "/groups", "{\"group\":\"GID_one\"}").error())
                .startsWith("409 already-exists");
        assertThat(http.get(DEFAULT + "/groups").json().path("groups").findValuesAsText("name"))
                .contains("GID_configured", "GID_one");

        Http11.Reply deleted = http.send("DELETE", DEFAULT + "/groups/GID_one", "");
        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.response().body()).isEmpty();
        assertThat(http.send("DELETE", DEFAULT + "/groups/GID_one", "").error()).startsWith("404 group-not-found");
        assertThat(http.send("DELETE", DEFAULT + "/groups/GID_configured", "").error())
                .startsWith("409 configured");

        JsonNode newest = http.get(DEFAULT + "/audit?limit=1").json();
        assertThat(newest.at("/entries/0/action").asText()).isEqualTo("group-deleted");
        assertThat(newest.at("/entries/0/by").asText()).isEqualTo("api@127.0.0.1");
        assertThat(newest.at("/entries/0/time").asText()).isEqualTo("2023-11-14T22:13:20Z");
        JsonNode older = http.get(
                        DEFAULT + "/audit?limit=1&after=" + newest.path("next").asText())
                .json();
        assertThat(older.at("/entries/0/action").asText()).isEqualTo("group-created");
    }

    @Test
    void parentTopicsArePaged() throws Exception {
        for (String topic : List.of("t1", "t2", "t3")) {
            assertThat(http.post(DEFAULT + "/topics", "{\"parentTopic\":\"" + topic + "\"}")
                            .status())
                    .isEqualTo(201);
        }
        JsonNode first = http.get(DEFAULT + "/topics?limit=2").json();
        assertThat(first.path("topics").findValuesAsText("name")).containsExactly("t1", "t2");
        assertThat(first.path("next").asText()).isEqualTo("t2");
        JsonNode second = http.get(DEFAULT + "/topics?limit=2&after=t2").json();
        assertThat(second.path("topics").findValuesAsText("name")).containsExactly("t3");
        assertThat(second.path("next").isNull()).isTrue();
    }

    @Test
    void clientsAreSearchedAndPaged() throws Exception {
        for (int i = 0; i < 5; i++) {
            NODE.online("GID_a@@@" + i);
        }
        NODE.offline("other");
        JsonNode first = http.get(DEFAULT + "/clients?search=%40%40%40&limit=3").json();
        assertThat(first.path("clients")).hasSize(3);
        JsonNode second = http.get(DEFAULT + "/clients?search=@@@&limit=3&after="
                        + URLEncoder.encode(first.path("next").asText(), StandardCharsets.UTF_8))
                .json();
        assertThat(second.path("clients").findValuesAsText("clientId")).containsExactly("GID_a@@@3", "GID_a@@@4");
        assertThat(second.path("next").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "GID_x@@@dev", "50%", "a b", "..", ".", "a+b", "ü/ñ", "a?b#c", "%2F", "x\ty"})
    void clientIdMayHoldAnyCharacter(String clientId) throws Exception {
        NODE.online(clientId);
        String path = DEFAULT + "/clients/"
                + URLEncoder.encode(clientId, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace(".", "%2E");

        Http11.Reply shown = http.get(path);
        assertThat(shown.status()).as(shown.response().body()).isEqualTo(200);
        assertThat(shown.json().path("clientId").asText()).isEqualTo(clientId);
        assertThat(shown.json().at("/subscriptions/0/filter").asText()).isEqualTo("a/+");
        assertThat(shown.json().at("/counters/dropped").asInt()).isEqualTo(7);

        assertThat(http.post(path + "/disconnect", "").response().body()).isEqualTo("{\"disconnected\":true}");
        assertThat(http.post(path + "/disconnect", "").error()).startsWith("404 client-not-connected");
        assertThat(http.send("DELETE", path + "/session", "").status()).isEqualTo(204);
        assertThat(http.send("DELETE", path + "/session", "").error()).startsWith("404 client-not-found");
    }

    @Test
    void clientIdOf20000BytesIsFound() throws Exception {
        String clientId = "ü".repeat(10_000);
        NODE.offline(clientId);
        Http11.Reply shown = http.get(DEFAULT + "/clients/" + URLEncoder.encode(clientId, StandardCharsets.UTF_8));
        assertThat(shown.json().path("clientId").asText()).isEqualTo(clientId);
    }

    @Test
    void absentClientIsNotFound() throws Exception {
        assertThat(http.get(DEFAULT + "/clients/nobody").error())
                .isEqualTo(
                        "404 client-not-found: client: nobody" + " (expected: one that is connected or has a session)");
    }

    @Test
    void messageIsPublishedAsTextOrBase64() throws Exception {
        Http11.Reply reply = http.post(DEFAULT + "/messages", "{\"topic\":\"a/b\",\"qos\":1,\"payload\":\"hü\"}");
        assertThat(reply.response().body()).isEqualTo("{\"messageId\":\"0000019AA1B2C3D400000000000000FF\"}");
        http.post(DEFAULT + "/messages", "{\"topic\":\"a\",\"retain\":true,\"payloadBase64\":\"eHk=\"}");
        assertThat(NODE.published).containsExactly("default a/b 1 false hü", "default a 0 true xy");
    }

    @Test
    void messageHasTheProperties() throws Exception {
        String body =
                "{'topic':'a','payload':'1','payloadFormat':'text','contentType':'text/plain','responseTopic':'r/1',"
                        + "'correlationDataBase64':'AP8=','messageExpirySeconds':4294967295,'userProperties':["
                        + "{'name':'b','value':'ü'},{'name':'a','value':''},{'value':'2','name':'b'}]}";
        assertThat(http.post(DEFAULT + "/messages", body.replace('\'', '"'))
                        .response()
                        .statusCode())
                .isEqualTo(200);
        NewMessage message = NODE.messages.getFirst();
        assertThat(message.expirySeconds()).isEqualTo(4_294_967_295L);
        assertThat(message.content().properties())
                .isEqualTo(new Properties.Builder()
                        .text()
                        .contentType("text/plain")
                        .responseTopic("r/1")
                        .correlationData(new byte[] {0, -1})
                        .user("b", "ü")
                        .user("a", "")
                        .user("b", "2")
                        .build());

        http.post(DEFAULT + "/messages", "{\"topic\":\"a\",\"payload\":\"\"}");
        assertThat(NODE.messages.getLast().content().properties()).isNull();
        assertThat(NODE.messages.getLast().expirySeconds()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\'payloadFormat':'xml' | payloadFormat: xml (expected: text or bytes)",
                ",\'payloadFormat':1 | payloadFormat: 1 (expected: a text)",
                ",\'contentType':'a\\u0000' | contentType: holds U+0000",
                ",\'responseTopic':'a/+' | responseTopic: a/+ (expected: no wildcard",
                ",\'responseTopic':'' | responseTopic:",
                ",\'correlationDataBase64':'!' | correlationDataBase64: not Base64",
                ",\'messageExpirySeconds':0 | messageExpirySeconds: 0 (expected: 1..4294967295)",
                ",\'messageExpirySeconds':4294967296 | messageExpirySeconds: 4294967296 (expected: 1..4294967295)",
                ",\'userProperties':{} | userProperties: {} (expected: a list)",
                ",\'userProperties':['a'] | userProperties: 'a' (expected: objects with name and value)",
                ",\'userProperties':[{'name':'a','value':1}] | userProperties.value: 1 (expected: a text)",
                ",\'userProperties':[{'name':'\\u0000','value':''}] | userProperties: holds U+0000",
            })
    void wrongPropertyIsNamed(String field, String error) throws Exception {
        String body = "{'topic':'a','payload':''" + field + "}";
        assertThat(http.post(DEFAULT + "/messages", body.replace('\'', '"'))
                        .error()
                        .replace('"', '\''))
                .startsWith("400 invalid-field: " + error);
        assertThat(NODE.published).isEmpty();
    }

    @Test
    void otherWrongPropertiesAreNamed() throws Exception {
        String start = "{\"topic\":\"a\",";
        assertThat(http.post(DEFAULT + "/messages", start + "\"payload\":\"\",\"userProperties\":[{\"name\":\"a\"}]}")
                        .error())
                .startsWith("400 missing-field: userProperties.value: absent");
        assertThat(http.post(DEFAULT + "/messages", start + "\"payload\":\"\",\"userProperties\":[{\"nam\":\"a\"}]}")
                        .error())
                .startsWith("400 unknown-field: userProperties.nam: unknown field (expected: name, value)");
        assertThat(http.post(DEFAULT + "/messages", start + "\"payloadFormat\":\"text\",\"payloadBase64\":\"/w==\"}")
                        .error())
                .startsWith("400 invalid-field: payloadFormat: text, and the payload is not");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'topic':'a'} | 400 missing-field: payload: absent (expected: either payload or payloadBase64)",
                "{'payload':''} | 400 missing-field: topic: absent (expected: a text)",
                "{'topic':'a','payload':'','payloadBase64':''} | 400 invalid-field: payload: given twice",
                "{'topic':'a/#','payload':''} | 400 invalid-field: topic: a/# (expected: no wildcard",
                "{'topic':'','payload':''} | 400 invalid-field: topic: ",
                "{'topic':7,'payload':''} | 400 invalid-field: topic: 7 (expected: a text)",
                "{'topic':'a','payload':'','qos':3} | 400 invalid-field: qos: 3 (expected: 0..2)",
                "{'topic':'a','payload':'','qos':1.0} | 400 invalid-field: qos: 1.0 (expected: 0..2)",
                "{'topic':'a','payload':'','qos':'1'} | 400 invalid-field: qos: '1' (expected: 0..2)",
                "{'topic':'a','payload':'','qos':null} | 400 invalid-field: qos: null (expected: 0..2)",
                "{'topic':'a','payload':'','retain':1} | 400 invalid-field: retain: 1 (expected: true or false)",
                "{'topic':'a','payload':'','Qos':1} | 400 unknown-field: Qos: unknown field (expected: topic, qos,",
                "{'topic':'a','payloadBase64':'!'} | 400 invalid-field: payloadBase64: not Base64",
                "{'topic':'a','payload':'\\ud800'} | 400 invalid-field: payload: holds half a surrogate pair",
                "{'topic':'a','topic':'b','payload':''} | 400 malformed-json: body: Duplicate field 'topic'",
                "{'topic': | 400 malformed-json: body: Unexpected end-of-input",
                "[] | 400 malformed-json: body: [] (expected: an object)",
                "{} {} | 400 malformed-json: body: ",
                "nonsense | 400 malformed-json: body: Unrecognized token 'nonsense'",
            })
    void wrongBodyNamesFieldAndExpectation(String body, String error) throws Exception {
        assertThat(http.post(DEFAULT + "/messages", body.replace('\'', '"'))
                        .error()
                        .replace('"', '\''))
                .startsWith(error);
        assertThat(NODE.published).isEmpty();
    }

    @Test
    void emptyBodyIsNotJson() throws Exception {
        assertThat(http.post(DEFAULT + "/messages", "").error()).startsWith("400 malformed-json: body: empty");
    }

    @Test
    void deeplyNestedBodyIsRefused() throws Exception {
        assertThat(http.post(DEFAULT + "/messages", "{\"topic\":" + "[".repeat(5000))
                        .error())
                .startsWith("400 malformed-json");
    }

    @Test
    void bodyMustBeAnnouncedAsJson() throws Exception {
        assertThat(http.send("POST", DEFAULT + "/groups", "{\"group\":\"GID_x\"}", "Content-Type", "text/plain")
                        .error())
                .startsWith("415 unsupported-media-type: Content-Type: text/plain");
    }

    @Test
    void bodyAboveTheLimitIsRefused() throws Exception {
        String body = "{\"topic\":\"a\",\"payload\":\"" + "x".repeat(70_000) + "\"}";
        assertThat(http.post(DEFAULT + "/messages", body).error())
                .isEqualTo("413 body-too-large: body: too long (expected: at most 65536 bytes)");
        assertThat(NODE.published).isEmpty();
    }

    @Test
    void refusedRequestWithABodyKeepsItsConnection() throws Exception {
        String body = "x".repeat(100_000);
        for (int i = 0; i < 20; i++) {
            assertThat(http.post("/api/v1/nope", body).status()).isEqualTo(404);
            assertThat(http.post(DEFAULT + "/clients/nobody/disconnect", body).status())
                    .isEqualTo(404);
            assertThat(http.post(DEFAULT + "/messages?x=1", body).status()).isEqualTo(400);
            assertThat(http.post(DEFAULT + "/messages", body).status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/clients?limit=0 | limit: 0 (expected: 1..1000)",
                "/clients?limit=1001 | limit: 1001 (expected: 1..1000)",
                "/clients?limit=x | limit: x (expected: 1..1000)",
                "/clients?Search=x | Search: unknown parameter (expected: search, after, limit)",
                "/clients?limit=1&limit=2 | limit: given twice (expected: once)",
                "/clients/a?x=1 | x: unknown parameter (expected: none)",
                "/clients/%FF | path: %FF (expected: percent-encoded UTF-8)",
                "/audit?after=0 | after: 0 (expected: 1..",
            })
    void wrongParameterIsNamed(String path, String error) throws Exception {
        assertThat(http.get(DEFAULT + path).error()).startsWith("400 invalid-parameter: " + error);
    }

    @Test
    void unknownRouteIsNotFoundAndUnknownMethodNamesTheKnownOnes() throws Exception {
        assertThat(http.get("/api/v1/nope").error()).startsWith("404 not-found: path: /api/v1/nope");
        assertThat(http.get("/").error()).startsWith("404 not-found");
        assertThat(http.get("/api/v1/instances/").error()).startsWith("404 not-found");
        assertThat(http.get("/api/v1/instances//clients").error()).startsWith("404 not-found");
        Http11.Reply reply = http.send("DELETE", DEFAULT + "/groups", "");
        assertThat(reply.error()).isEqualTo("405 method-not-allowed: method: DELETE (expected: GET, POST)");
        assertThat(reply.response().headers().firstValue("Allow")).hasValue("GET, POST");
    }

    @Test
    void headIsAnsweredWithoutABody() throws Exception {
        Http11.Reply reply = http.send("HEAD", DEFAULT, "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.response().body()).isEmpty();
    }

    @Test
    void readyIs503AndSaysWhatIsWrong() throws Exception {
        assertThat(http.get("/health/live").status()).isEqualTo(200);
        assertThat(http.get("/health/ready").json().path("status").asText()).isEqualTo("ok");
        NODE.ready = HealthReport.of(
                HealthReport.Check.good("registry", "read"), HealthReport.Check.bad("store", "disk full"));
        Http11.Reply reply = http.get("/health/ready");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.json().path("status").asText()).isEqualTo("failed");
        assertThat(reply.json().at("/checks/1/text").asText()).isEqualTo("disk full");
    }

    @Test
    void metricsAreInPrometheusText() throws Exception {
        Http11.Reply reply = http.get("/metrics");
        assertThat(reply.response().headers().firstValue("Content-Type"))
                .hasValueSatisfying(
                        type -> assertThat(type).startsWith("text/plain").contains("version=0.0.4"));
        assertThat(reply.response().body()).isEqualTo("skein_up 1.0\n");
    }

    @Test
    void answersAreNotCachedNorGuessed() throws Exception {
        var headers = http.get(DEFAULT).response().headers();
        assertThat(headers.firstValue("Content-Type")).hasValue("application/json");
        assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Server")).isEmpty();
    }
}
