package dev.skein.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.node.control.FakeNode;
import dev.skein.node.control.NewMessage;
import dev.skein.node.control.TestServer;
import dev.skein.node.control.TraceList;
import dev.skein.node.control.TraceWish;
import dev.skein.protocol.message.Properties;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CliCommandsTest {
    private static final String TOKEN = "let-me-in";
    private static final FakeNode NODE = new FakeNode();
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(NODE, TOKEN);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        NODE.clients.clear();
        NODE.published.clear();
        NODE.messages.clear();
        NODE.unanswered = List.of();
        NODE.traced.clear();
        NODE.traceWishes.clear();
    }

    @Test
    void clientsAreListedInAlignedColumns() {
        NODE.online("GID_a@@@1");
        NODE.offline("b");
        NODE.onlineMqtt5("c");
        assertThat(ok("clients", "list").lines())
                .containsExactly(
                        "CLIENT     STATE    NODE             ADDRESS          MQTT   CLEAN  EXPIRY  RECEIVE MAX  "
                                + "PACKET MAX  FILTERS  QUEUED  IN-FLIGHT  SINCE",
                        "GID_a@@@1  online   192.0.2.1:25520  192.0.2.7:50001  3.1.1  true   0 s     -            "
                                + "-           1        3       2          2023-11-14T22:13:20Z",
                        "b          offline  -                -                -      false  -       -            "
                                + "-           0        9       0          -",
                        "c          online   192.0.2.1:25520  192.0.2.7:50001  5      true   never   20           "
                                + "131072      1        3       2          2023-11-14T22:13:20Z");
    }

    @Test
    void limitsAndSubscriptionOptionsOfMqtt5AreShown() {
        NODE.onlineMqtt5("c");
        assertThat(ok("clients", "show", "c"))
                .contains(
                        "MQTT            5\n",
                        "session expiry  never\n",
                        "receive max     20\n",
                        "packet max      131072\n",
                        """
                        FILTER        QOS  OPTIONS                                         IDENTIFIER
                        $share/g/a/+  1    no-local,retain-as-published,retain-handling=2  7
                        """);
    }

    @Test
    void clientsAreSearchedAndTheListTellsHowToGoOn() {
        NODE.offline("x1");
        NODE.offline("x'2");
        NODE.offline("x3");
        NODE.offline("y");
        assertThat(ok("clients", "list", "--search", "x", "--limit", "1")).contains("x'2", "more: --after 'x'\\''2'");
        assertThat(ok("clients", "list", "--search", "x", "--after", "x'2"))
                .contains("x1", "x3")
                .doesNotContain("more");
    }

    @Test
    void listLongerThanAPageIsReadWhole() throws Exception {
        for (int i = 0; i < 2_100; i++) {
            NODE.offline("c%05d".formatted(i));
        }
        JsonNode all = json("clients", "list", "--limit", "2050");
        assertThat(all.path("clients")).hasSize(2_050);
        assertThat(all.path("next").asText()).isEqualTo("c02049");
        assertThat(json("clients", "list", "--limit", "5000").path("clients")).hasSize(2_100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "GID_a@@@x y", "100%", "..", "ü+ñ?#"})
    void clientIsShownAndDisconnected(String clientId) throws Exception {
        NODE.online(clientId);
        assertThat(ok("clients", "show", clientId))
                .contains(
                        "client          " + clientId + "\n",
                        "state           online\n",
                        "keep-alive      60 s\n",
                        "group           -\n",
                        "dropped         7\n",
                        "FILTER  QOS  OPTIONS  IDENTIFIER\na/+     1    -        -\n");
        assertThat(json("clients", "show", clientId).path("clientId").asText()).isEqualTo(clientId);
        assertThat(ok("clients", "disconnect", clientId)).isEqualTo("disconnected " + clientId + "\n");
        assertThat(run("clients", "disconnect", clientId))
                .isEqualTo(new Result(1, "", "skein: client: " + clientId + " (expected: one that is connected)\n"));
        assertThat(ok("clients", "discard-session", clientId)).isEqualTo("discarded the session of " + clientId + "\n");
        assertThat(run("clients", "discard-session", clientId))
                .isEqualTo(new Result(
                        1, "", "skein: client: " + clientId + " (expected: one that has a persistent session)\n"));
    }

    @Test
    void tracesAreShownByTimeAndAskedForInPages() throws Exception {
        Instant time = Instant.parse("2026-11-30T08:00:00.123Z");
        String id = "0000019AA1B2C3D400000000000000FF";
        NODE.traced.add(
                new TraceList.Step("1", time, FakeNode.NODE, "connect", "c", null, "7f", "192.0.2.7:50001", "mqtt", 1));
        NODE.traced.add(new TraceList.Step(
                "2", time, FakeNode.NODE, "pushed", "c", new TraceList.Traced(id, null, "a/b", 1), "7f", null, "", 1));
        NODE.traced.add(new TraceList.Step(
                "3",
                time,
                FakeNode.NODE,
                "stored",
                null,
                new TraceList.Traced(id, "0000019AA1B2C3D480000000000000FF", "a/b", 1),
                null,
                null,
                "",
                3));
        NODE.unanswered = List.of("192.0.2.2:25520");
        assertThat(ok("trace", "client", "c/d", "--steps", "connect", "--since", "2026-11-30T07:00:00Z", "--newest"))
                .isEqualTo("""
                        TIME                      STEP     CLIENT  MESSAGE                           TOPIC  QOS  NODE             DETAIL
                        2026-11-30T08:00:00.123Z  connect  c       -                                 -      -    192.0.2.1:25520  mqtt; 192.0.2.7:50001; channel 7f
                        2026-11-30T08:00:00.123Z  pushed   c       0000019AA1B2C3D400000000000000FF  a/b    1    192.0.2.1:25520  channel 7f
                        2026-11-30T08:00:00.123Z  stored   -       0000019AA1B2C3D400000000000000FF  a/b    1    192.0.2.1:25520  received as 0000019AA1B2C3D480000000000000FF; times 3
                        node 192.0.2.2:25520 has not answered: its records are missing
                        """);
        TraceWish wish = NODE.traceWishes.getFirst();
        assertThat(wish.clientId()).isEqualTo("c/d");
        assertThat(wish.steps()).containsExactly("connect");
        assertThat(wish.newestFirst()).isTrue();
        assertThat(wish.from()).isEqualTo(Instant.parse("2026-11-30T07:00:00Z").toEpochMilli());
        assertThat(json("trace", "message", id, "--limit", "1").path("next").asText())
                .isEqualTo("1");
        assertThat(NODE.traceWishes.getLast().messageId()).isEqualTo(id);
        assertThat(run("trace", "client", "c", "--since", "soon").err())
                .contains("--since: soon (expected: such as 10m");
        assertThat(run("trace", "client", "c", "--follow", "--newest").err())
                .contains("--follow: with --newest or --until");
    }

    @Test
    void sessionsAreListedBySizeAndTheirFiltersInPages() {
        NODE.offline("GID_s@@@1");
        NODE.online("GID_s@@@2");
        assertThat(ok("sessions", "list", "--largest", "queue")).startsWith("""
                        CLIENT     OWNER  FILTERS  CHARACTERS  QUEUED  CREATED               LEFT
                        GID_s@@@1  -      0        0           9       2023-11-14T22:13:20Z  -
                        """);
        assertThat(ok("sessions", "list", "--search", "@2"))
                .contains("GID_s@@@2")
                .doesNotContain("GID_s@@@1");
        assertThat(ok("sessions", "filters", "GID_s@@@2"))
                .isEqualTo("FILTER  QOS  OPTIONS  IDENTIFIER\na/+     1    -        -\n");
        assertThat(run("sessions", "filters", "GID_nobody").code()).isEqualTo(1);
        assertThat(ok("sessions", "discard", "GID_s@@@1")).isEqualTo("discarded the session of GID_s@@@1\n");
    }

    @Test
    void retainedMessagesAreListedAndDeletedOneByOneOrByFilter() {
        for (int i = 0; i < 1_200; i++) {
            NODE.retained.put("r/many/%04d".formatted(i), 7);
        }
        NODE.retained.put("r/one ü", 9);
        assertThat(ok("retained", "list", "r/+")).isEqualTo("""
                        TOPIC    BYTES  QOS  TIME                  BY
                        r/one ü  9      1    2023-11-14T22:13:20Z  mqtt:a
                        """);
        assertThat(ok("retained", "list", "--limit", "2")).contains("r/many/0001", "more: --after 'r/many/0001'");
        assertThat(ok("retained", "delete", "r/one ü")).isEqualTo("deleted the retained message of r/one ü\n");
        assertThat(run("retained", "delete", "r/one ü"))
                .isEqualTo(new Result(1, "", "skein: topic: r/one ü (expected: one with a retained message)\n"));
        assertThat(ok("retained", "delete", "--parent", "r", "--yes")).isEqualTo("deleted 1200 retained messages\n");
        assertThat(run("retained", "delete", "--filter", "a#", "--yes").code()).isEqualTo(1);
    }

    @Test
    void clientIdCannotSteerTheTerminal() {
        NODE.offline("a\u001b[2Jb\u202ec\n");
        assertThat(ok("clients", "list")).contains("a\\u001b[2Jb\\u202ec\\u000a  offline");
    }

    @Test
    void groupsAndTopicsAreCreatedListedAndDeleted() {
        assertThat(ok("groups", "create", "GID_cli")).isEqualTo("created GID_cli\n");
        assertThat(ok("groups", "list"))
                .isEqualTo("GROUP           FROM\nGID_cli         API\nGID_configured  configuration\n");
        assertThat(ok("groups", "delete", "GID_cli")).isEqualTo("deleted GID_cli\n");
        assertThat(run("groups", "delete", "GID_cli").code()).isEqualTo(1);
        assertThat(run("groups", "delete", "GID_configured").code()).isEqualTo(1);

        assertThat(ok("topics", "create", "cli")).isEqualTo("created cli\n");
        assertThat(ok("topics", "list")).isEqualTo("PARENT TOPIC  FROM\ncli           API\n");
        assertThat(ok("topics", "delete", "cli")).isEqualTo("deleted cli\n");

        assertThat(ok("audit", "--limit", "1")).contains("NO  TIME", "api@127.0.0.1  parent-topic-deleted  cli");
    }

    @Test
    void credentialsAreAddedListedAndRemoved() {
        assertThat(ok("users", "add", "ann", "--password-hash", "x", "--client-id", "a*", "--client-id", "%u"))
                .isEqualTo("added ann\n");
        assertThat(ok("users", "list")).isEqualTo("USER  FROM  CLIENT IDS\nann   API   a* %u\n");
        assertThat(ok("users", "password", "ann", "--password-hash", "y")).isEqualTo("changed ann\n");
        assertThat(ok("users", "remove", "ann")).isEqualTo("removed ann\n");
        assertThat(run("users", "remove", "ann").code()).isEqualTo(1);

        assertThat(ok("access-keys", "add", "--account", "acme")).isEqualTo("id made\nsecret hidden\n");
        assertThat(ok("access-keys", "list"))
                .isEqualTo("ACCESS KEY  FROM  ACCOUNT  CLIENT IDS\nmade        API   acme     any\n");
        assertThat(ok("access-keys", "remove", "made")).isEqualTo("removed made\n");
        assertThat(run("access-keys", "remove", "made").code()).isEqualTo(1);

        assertThat(ok("token-keys", "rotate")).isEqualTo("created 1\n");
        assertThat(ok("token-keys", "list")).isEqualTo("KEY  CREATED\n1    1970-01-01T00:00:00Z\n");
        assertThat(ok("token-keys", "remove", "1")).isEqualTo("removed 1\n");
        assertThat(run("token-keys", "remove", "1").code()).isEqualTo(1);
    }

    @Test
    void messageComesFromTheCommandLineAFileOrStandardInput(@TempDir Path directory) throws Exception {
        assertThat(ok("publish", "a/b", "-m", "hü", "-q", "2", "-r")).isEqualTo("0000019AA1B2C3D400000000000000FF\n");
        ok("publish", "a", "-m", "");
        Path file = Files.writeString(directory.resolve("body"), "from file");
        ok("publish", "a", "--file", file.toString());
        ok("publish", "a", "--file", "-");
        assertThat(NODE.published)
                .containsExactly(
                        "default a/b 2 true hü",
                        "default a 0 false ",
                        "default a 0 false from file",
                        "default a 0 false from stdin");
        assertThat(run("publish", "a", "--file", "/does/not/exist"))
                .isEqualTo(new Result(
                        1, "", "skein: --file: /does/not/exist (expected: a file that can be read, or -)\n"));
    }

    @Test
    void messageIsPublishedWithItsProperties() {
        ok(
                "publish",
                "a",
                "-m",
                "x",
                "--content-type=text/plain",
                "--response-topic=r",
                "--correlation-data=id-1",
                "--user-property=b=1",
                "--user-property=a==",
                "--user-property=b=",
                "--payload-format=text",
                "--message-expiry=60");
        NewMessage message = NODE.messages.getLast();
        assertThat(message.expirySeconds()).isEqualTo(60);
        assertThat(message.content().properties())
                .isEqualTo(new Properties.Builder()
                        .text()
                        .contentType("text/plain")
                        .responseTopic("r")
                        .correlationData("id-1".getBytes(StandardCharsets.UTF_8))
                        .user("b", "1")
                        .user("a", "=")
                        .user("b", "")
                        .build());
        assertThat(run("publish", "a", "-m", "x", "--message-expiry", "0").err())
                .contains("messageExpirySeconds: 0 (expected: 1..4294967295)");
    }

    @Test
    void nodesThatHaveNotAnsweredAreNamed() {
        NODE.unanswered = List.of("192.0.2.3:25520");
        assertThat(ok("clients", "list")).contains("no answer from 192.0.2.3:25520: its clients may be missing\n");
    }

    @Test
    void membersOfTheClusterAreShownWithWhatTheyTell() throws Exception {
        assertThat(ok("cluster").lines())
                .containsExactly(
                        "NODE               STATUS  VERSION  REACHABLE  INSTANCE  CLEAN  PERSISTENT  FILTERS  QUEUED  "
                                + "LINK BYTES  STORE",
                        "192.0.2.1:25520 *  up      0.1.0    yes        default   3      4           5        6       "
                                + "0           ok",
                        "192.0.2.2:25520    up      0.2.0    yes        default   3      4           5        6       "
                                + "7           failed",
                        "192.0.2.3:25520    up      0.2.0    no         -         -      -           -        -       "
                                + "8           no answer",
                        "store of 192.0.2.2:25520: full");
        assertThat(json("cluster").path("node").asText()).isEqualTo(FakeNode.NODE);
    }

    @Test
    void drainWaitsUntilTheNodeIsGoneOrSaysWhyItIsNot() {
        assertThat(ok("drain", "--timeout", "0")).isEqualTo("draining 192.0.2.1:25520\n");
        assertThat(run("drain", "--timeout", "1"))
                .isEqualTo(new Result(
                        1,
                        "",
                        "skein: still there after 1 s: the node stops: 9 connections left (expected: gone; see"
                                + " --timeout)\n"));
        assertThat(NODE.drains).hasValue(2);
    }

    @Test
    void instancesAreListed() {
        assertThat(ok("instances")).startsWith("INSTANCE  MODE  GROUPS  PARENT TOPICS\ndefault   open  ");
    }

    @Test
    void refusalIsTheTextOfTheNode() {
        assertThat(run("publish", "a/#", "-m", "x").err()).startsWith("skein: topic: a/# (expected: no wildcard");
        assertThat(run("clients", "list", "--instance", "nope").err())
                .isEqualTo("skein: instance: nope (expected: one that is configured)\n");
    }

    @Test
    void absentOrWrongTokenIsSaid() {
        assertThat(execute("instances", "--url", server.url()))
                .isEqualTo(new Result(1, "", "skein: the node asks for a token: use --token or SKEIN_TOKEN\n"));
        assertThat(execute("instances", "--url", server.url(), "--token", "wrong"))
                .isEqualTo(new Result(1, "", "skein: the node does not accept this token\n"));
    }

    @Test
    void nodeThatIsNotThereIsNamed() {
        assertThat(execute("instances", "--url", "http://127.0.0.1:1/"))
                .isEqualTo(new Result(
                        1, "", "skein: http://127.0.0.1:1: nobody answers (expected: a running node; see --url)\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clients",
                "clients show",
                "clients list --limit 0",
                "clients list --nope",
                "drain --timeout -1",
                "retained delete",
                "retained delete a --parent b --yes",
                "retained delete --filter #",
                "sessions list --largest nothing",
                "publish a",
                "publish a -m x -f y",
                "publish a -m x -q 3",
                "publish a -m x --user-property a",
                "publish a -m x --message-expiry soon",
                "instances --url ftp://x",
                "instances --url :",
            })
    void misuseIsToldWithTheUsage(String line) {
        Result result = execute(line.split(" ", -1));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("Usage: ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void everyCommandHasHelpThatShowsNoToken() {
        for (Object command : CliCommands.all()) {
            CommandLine line = new CommandLine(command);
            assertThat(line.getUsageMessage()).contains("Usage: ").doesNotContain("null");
            line.getSubcommands().values().stream()
                    .filter(sub -> !(sub.getCommand() instanceof CertificatesCommand)) // it asks no node
                    .forEach(sub -> assertThat(sub.getUsageMessage()).contains("--url", "--token", "--json"));
        }
    }

    private static String ok(String... arguments) {
        Result result = run(arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return result.out();
    }

    private static JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        return ApiClient.MAPPER.readTree(ok(all.toArray(String[]::new)));
    }

    /** Runs against the server, with its token. */
    private static Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", server.url(), "--token", TOKEN));
        return execute(all.toArray(String[]::new));
    }

    private static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new Root());
        CliCommands.all().stream()
                .filter(command -> !(command instanceof PublishCommand))
                .forEach(line::addSubcommand);
        line.addSubcommand(
                new PublishCommand(() -> new ByteArrayInputStream("from stdin".getBytes(StandardCharsets.UTF_8))));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute(arguments);
        return new Result(code, text(out), text(err));
    }

    private static String text(StringWriter writer) {
        return writer.toString().replace(System.lineSeparator(), "\n");
    }

    @Command(name = "skein")
    private static final class Root {}

    private record Result(int code, String out, String err) {}
}
