package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.config.LogSettings;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.wiring.Logging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit log tells who came, who was refused, who went and who changed what. */
class AuditLogIT {
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "right".toCharArray());
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("audit.log");
    }

    private void log(boolean audit) {
        Logging.set(new LogSettings("INFO", "WARN", false, audit, audit ? file().toString() : ""));
    }

    @AfterEach
    void off() {
        log(false);
    }

    private ModelNode node() {
        return ModelNode.start(
                directory,
                "skein.instances.default { anonymous = always, users = [{ name = alice, password-hash = \"" + HASH
                        + "\" }] }");
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private List<JsonNode> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.peek(line -> assertThat(line).matches("[ -~]*"))
                    .map(AuditLogIT::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode await(String event, Predicate<JsonNode> which) {
        return await(file(), event, which);
    }

    private JsonNode await(Path file, String event, Predicate<JsonNode> which) {
        Waiting.until(
                event,
                () -> lines(file).stream()
                        .anyMatch(line -> line.path("event").asText().equals(event) && which.test(line)));
        return lines(file).reversed().stream()
                .filter(line -> line.path("event").asText().equals(event) && which.test(line))
                .findFirst()
                .orElseThrow();
    }

    private static Predicate<JsonNode> of(String client) {
        return line -> line.path("client").asText().equals(client);
    }

    @Test
    @SuppressWarnings("try") // a device that was taken over closes once more
    void loginsRefusalsDisconnectsAndTakeOversAreTold() throws Exception {
        log(true);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        try (ModelNode node = node()) {
            try (Device first = node.stranger("au\u202edit")
                            .login("alice", "right")
                            .persistent()
                            .connect();
                    Device second = node.stranger("au\u202edit")
                            .login("alice", "right")
                            .persistent()
                            .connect()) {
                JsonNode in = await(
                        "connected",
                        of("au\u202edit")
                                .and(line -> line.path("session").asText().equals("new")));
                assertThat(in.path("user").asText()).isEqualTo("alice");
                assertThat(in.path("owner").asText()).isEqualTo("user:alice");
                assertThat(in.path("instance").asText()).isEqualTo("default");
                assertThat(in.path("listener").asText()).isEqualTo("mqtt");
                assertThat(in.path("address").asText()).startsWith("127.0.0.1:");
                assertThat(in.path("time").asText()).endsWith("Z");
                JsonNode out = await("disconnected", of("au\u202edit"));
                assertThat(out.path("reason").asText()).isEqualTo("clientId conflict");
                assertThat(out.path("address").asText())
                        .isEqualTo(in.path("address").asText());
                second.disconnect();
            }
            try (Device thief = node.stranger("audit-thief").login("alice", "wrong-secret")) {
                assertThat(thief.tryConnect().code()).isEqualTo(4);
            }
            JsonNode refused = await("refused", of("audit-thief"));
            assertThat(refused.path("user").asText()).isEqualTo("alice");
            assertThat(refused.path("reason").asText()).isEqualTo("connect auth failed");
            assertThat(refused.path("detail").asText()).contains("return code 4");
            try (Device clean =
                    node.stranger("au\u202edit").login("alice", "right").connect()) {
                clean.ping();
            }
            assertThat(await("session-discarded", of("au\u202edit"))
                            .path("reason")
                            .asText())
                    .isEqualTo("clean-session");
        }
        assertThat(Files.readString(file())).doesNotContain("wrong-secret", "right\"", HASH);
    }

    @Test
    void changesByTheControlApiAreTold() throws Exception {
        log(true);
        try (ModelNode node = node()) {
            node.api("POST", "/instances/default/groups", "{\"group\": \"GID_audited\"}");
            JsonNode made = await("control", line -> line.path("group").asText().equals("GID_audited"));
            assertThat(made.path("by").asText()).isEqualTo("api@127.0.0.1");
            assertThat(made.path("method").asText()).isEqualTo("POST");
            assertThat(made.path("status").asInt()).isEqualTo(201);
            node.api("POST", "/instances/default/messages", "{\"topic\": \"a/audited\", \"payload\": \"private\"}");
            await("control", line -> line.path("topic").asText().equals("a/audited"));
            node.api("POST", "/instances/default/clients/audit-nobody/disconnect", "");
            JsonNode nobody =
                    await("control", line -> line.path("clientId").asText().equals("audit-nobody"));
            assertThat(nobody.path("failure").asText()).contains("client-not-connected", "audit-nobody");
            node.api("GET", "/instances/default/clients", "");
        }
        assertThat(Files.readString(file())).doesNotContain("private").doesNotContain("\"GET\"");
    }

    /** However far it came: its body, its parameters, its path or its method was wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST   | /groups        | {                                                   | 400 | malformed-json",
                "POST   | /groups        | {\"group\": {\"private\": 1}}                   | 400 | invalid-field: group",
                "POST   | /groups        | {\"private\": 1}                                | 400 | unknown-field: private",
                "POST   | /groups        | {}                                                  | 400 | missing-field",
                "POST   | /messages      | {\"topic\": \"a/b\", \"payload\": [\"secret\"]} | 400 | invalid-field: payload",
                "POST   | /groups?dry=1  | {\"group\": \"GID_x\"}                         | 400 | invalid-parameter: dry",
                "POST   | /messages      | LARGE                                               | 413 | body-too-large",
                "DELETE | /retained?max=0 |                                                    | 400 | invalid-parameter",
                "DELETE | /groups/nobody |                                                     | 404 | group-not-found",
                "DELETE | /nothing       |                                                     | 404 | not-found",
                "PUT    | /groups        | {}                                                  | 405 | method-not-allowed",
            })
    void changeThatIsRefusedIsTold(String method, String path, @Nullable String body, int status, String failure)
            throws Exception {
        log(true);
        try (ModelNode node = node()) {
            String large = "{\"payload\": \"" + "x".repeat(2 << 20) + "\"}";
            ModelNode.Reply reply =
                    node.api(method, "/instances/default" + path, body == null ? "" : body.replace("LARGE", large));
            assertThat(reply.status()).isEqualTo(status);
            JsonNode line = await("control", each -> true);
            assertThat(line.path("by").asText()).isEqualTo("api@127.0.0.1");
            assertThat(line.path("method").asText()).isEqualTo(method);
            assertThat(line.path("status").asInt()).isEqualTo(status);
            assertThat(line.path("failure").asText()).startsWith(failure);
            assertThat(line.has("route") || line.path("path").asText().startsWith("/api/v1/instances/default"))
                    .isTrue();
        }
        assertThat(Files.readString(file())).doesNotContain("secret");
    }

    @Test
    void aFileThatWasMovedAwayIsOpenedAnew() throws Exception {
        log(true);
        try (ModelNode node = node();
                Device before = node.stranger("audit-before").connect()) {
            await("connected", of("audit-before"));
            Path moved = Files.move(file(), directory.resolve("audit.log.1"));
            log(true);
            try (Device after = node.stranger("audit-after").connect()) {
                await("connected", of("audit-after"));
                assertThat(lines(moved)).noneMatch(of("audit-after"));
                after.disconnect();
            }
            before.disconnect();
        }
    }
}
