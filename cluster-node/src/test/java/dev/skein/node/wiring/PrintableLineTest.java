package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import dev.skein.node.reliability.Waiting;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableLineTest {
    @ParameterizedTest
    @CsvSource({
        "'a b', 'a b'",
        "'caf\u00e9 \u4e2d \uD83D\uDE00', 'caf\u00e9 \u4e2d \uD83D\uDE00'",
        "'a\nERROR forged', 'a | ERROR forged'",
        "'a\r\n\r\n\tb\n', 'a | b'",
        "'a\u2028b\u0085c', 'a | b | c'",
        "'a\u001b[2Jb\u0007\u0000\u007f\u009b', 'a?[2Jb????'",
        "'a\tb', 'a?b'",
        "'user\u202egnp.exe\u2066\u200f\u061c\ufeff\u200b', 'user?gnp.exe?????'",
        "'half \uD83D', 'half ?'",
    })
    void everyTextIsOneLineThatShowsWhatItIs(String text, String line) {
        assertThat(PrintableLine.printable(text)).isEqualTo(line);
    }

    /** Through the configuration that a node has. */
    @Test
    void noTextOfAClientLeavesItsLineAlsoWhenItIsInAnException() throws Exception {
        LoggerContext context = new LoggerContext();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(Objects.requireNonNull(PrintableLine.class.getResource("/logback.xml")));
            context.setMDCAdapter(new LogbackMDCAdapter());
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            var queue = (AsyncAppender) root.getAppender("QUEUE");
            var target = (OutputStreamAppender<?>) queue.getAppender("STDERR");
            target.setOutputStream(out);
            context.getLogger("dev.skein.test")
                    .error(
                            "client {} failed",
                            "x\n2026 ERROR forged\u001b[31m\u202e",
                            new IllegalStateException("bad \u001b[1m\ntext", new RuntimeException("cause\u2067")));
            Waiting.until(
                    "the line",
                    Duration.ofSeconds(20),
                    () -> out.toString(StandardCharsets.UTF_8).contains("\n"));
        } finally {
            context.stop();
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(1);
        assertThat(text)
                .contains(
                        "client x | 2026 ERROR forged?[31m? failed | java.lang.IllegalStateException: bad ?[1m | text | at ")
                .contains("Caused by: java.lang.RuntimeException: cause?")
                .endsWith(System.lineSeparator())
                .doesNotContain("\u001b", "\u202e", "\u2067");
    }
}
