package dev.skein.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesTheCommands() {
        assertThat(skein("--help")).isZero();
        assertThat(out.toString()).contains("run", "check-config", "hash-password");
    }

    @Test
    void versionIsOneLine() {
        assertThat(skein("--version")).isZero();
        assertThat(out.toString().strip()).startsWith("skein ").hasLineCount(1);
    }

    @Test
    void helpAndVersionAreCommandsToo() {
        assertThat(skein("version")).isZero();
        assertThat(out.toString().strip()).startsWith("skein ").hasLineCount(1);
        assertThat(skein("help")).isZero();
        assertThat(out.toString()).contains("check-config");
        assertThat(skein("help", "run")).isZero();
        assertThat(out.toString()).contains("--data=DIR");
    }

    @Test
    void hashIsMadeOnlyOfACostThatANodeAccepts() {
        assertThat(skein("hash-password", "--cost", "17")).isEqualTo(Main.MISUSE);
        assertThat(err.toString()).contains("--cost: 17 (expected: 4..16");
        assertThat(skein("hash-password", "--scram", "--iterations", "4095")).isEqualTo(Main.MISUSE);
        assertThat(err.toString()).contains("--iterations: 4095 (expected: 4096..1000000");
    }

    @Test
    void checkedConfigurationNamesWhatIsNotThere() throws IOException {
        Path empty = Files.createDirectories(directory.resolve("data"));
        Files.createFile(empty.resolve("skein.mv.db"));
        Path certificate = Files.createFile(directory.resolve("server.crt"));

        assertThat(skein(
                        "check-config",
                        "--data",
                        empty.toString(),
                        "--set",
                        "skein.mqtt.retained.max-messages=0",
                        "--set",
                        "skein.tls.certificate=" + certificate,
                        "--set",
                        "skein.tls.key=" + directory.resolve("absent.key"),
                        "--set",
                        "skein.listeners.ws.host=no such host"))
                .isEqualTo(Main.MISUSE);

        assertThat(err.toString().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("skein.mqtt.retained.max-messages: 0"),
                        line -> assertThat(line).contains("skein.tls.certificate: " + certificate, "it is empty"),
                        line -> assertThat(line).contains("skein.tls.key: ", "there is no such file"),
                        line -> assertThat(line).contains("skein.mv.db is empty"),
                        line -> assertThat(line).contains("skein.listeners.ws.host: no such host"));
    }

    @Test
    void unknownCommandIsMisuse() {
        assertThat(skein("rum")).isEqualTo(Main.MISUSE);
        assertThat(skein()).isEqualTo(Main.MISUSE);
    }

    @Test
    void checkedConfigurationIsOk() {
        assertThat(skein("check-config", "--set", "skein.http.port=0")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("configuration ok");
    }

    @Test
    void wrongConfigurationIsMisuseForBothCommands() {
        assertThat(skein("check-config", "--set", "skein.http.prot=0")).isEqualTo(Main.MISUSE);
        assertThat(skein("run", "--set", "skein.http.prot=0")).isEqualTo(Main.MISUSE);
        assertThat(err.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("skein.http.prot: unknown key"));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shownConfigurationIsHoconWithoutItsSecrets() throws IOException {
        Path file = Files.writeString(directory.resolve("node.conf"), """
                skein.http.token = t0psecret
                skein.tls.key-password = t0psecret
                skein.storage.jdbc {
                  url = "jdbc:postgresql://app:t0psecret@db/skein?password=t0psecret&ssl=true"
                  password = t0psecret
                }
                skein.instances.fleet {
                  users = [{
                    name = ops
                    password-hash = "$2a$10$ApsePB2bydBceHv.MnA22OOEZIT3H4HY/z4p9lyrCkxyNyFzeBfmi"
                  }]
                  access-keys = [{ id = K1, secret = t0psecret }]
                }
                """);

        assertThat(skein("check-config", "--show", "--config", file.toString())).isZero();

        String shown = out.toString();
        assertThat(shown).doesNotContain("t0psecret", "ApsePB2byd").contains("ssl=true", "K1", "ops");
        assertThat(ConfigFactory.parseString(shown).getString("skein.http.host"))
                .isEqualTo("localhost");
    }

    private int skein(String... words) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words);
    }
}
