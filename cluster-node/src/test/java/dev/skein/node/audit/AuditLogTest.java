package dev.skein.node.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class AuditLogTest {
    private static JsonNode read(AuditLog.Line line) throws Exception {
        return new ObjectMapper().readTree("{" + line + "}");
    }

    @Test
    void whateverAClientIsCalledALineIsOneLineOfPlainCharactersAndGivesItBack() throws Exception {
        String name = "a\"b\\c\n\r\t\u001b[2J\u202e\u2028ü\ud83d\ude00\u0000\ud800 {}%msg";
        AuditLog.Line line = AuditLog.line("connected")
                .with("client", name)
                .with("count", -7)
                .with("ok", true);
        assertThat(line.toString()).matches("[ -~]*");
        JsonNode json = read(line);
        assertThat(json.path("event").asText()).isEqualTo("connected");
        assertThat(json.path("client").asText()).isEqualTo(name);
        assertThat(json.path("count").asInt()).isEqualTo(-7);
        assertThat(json.path("ok").asBoolean()).isTrue();
    }

    @Test
    void longTextsAreCutAndAbsentOnesLeftOut() throws Exception {
        AuditLog.Line line =
                AuditLog.line("refused").with("user", (String) null).with("client", "x".repeat(65_535));
        assertThat(read(line).path("client").asText()).hasSize(1000).endsWith("x...");
        assertThat(read(line).has("user")).isFalse();
    }
}
