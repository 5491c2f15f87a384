package dev.skein.node.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/**
 * Legal packets of boundary sizes with bytes changed, through the whole pipeline: what is refused has a reason, and no
 * exception of a decoder or handler is logged. {@code -Dskein.test.seed=...} replays a run.
 */
@ExtendWith(Model.Extension.class)
class HostileInputIT {
    private static final int CONNECTIONS = 400;
    private static final int DEADLINE_MILLIS = 10_000;
    private static final int[] SIZES = {0, 1, 2, 20, 32_767, 32_768, 65_535};
    private static final List<String> BEGINNINGS =
            List.of("", "/", "news/p2p/", "$SYS/", "$share/g/", "$share/", "+/", "#", "a/+/#", "\u20ac/\uD83D\uDE00/");
    /** Some fields that no packet expects. */
    private static final int[] BYTES = {0, 1, 2, 3, 4, 0x10, 0x30, 0x3D, 0x62, 0x7F, 0x80, 0x82, 0xC0, 0xE0, 0xFF};

    private final ModelNode node;
    private final Failures failures = new Failures();

    HostileInputIT(Model model) {
        this.node = model.node();
    }

    /** Logged exceptions that are no reason. */
    private static final class Failures extends AppenderBase<ILoggingEvent> {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            boolean ours = event.getLoggerName().startsWith("dev.skein");
            String text = event.getFormattedMessage();
            if (thrown != null
                    || (ours && text.matches("(?s).*(Exception|Error)[: ].*") && !text.contains("IOException"))) {
                texts.add(event.getLoggerName() + ": " + text + (thrown == null ? "" : " " + thrown.getClassName()));
            }
        }
    }

    @Test
    void everyRefusalHasAReason() throws Exception {
        long seed = Long.getLong("skein.test.seed", System.nanoTime());
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        failures.start();
        root.addAppender(failures);
        try {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < CONNECTIONS; i++) {
                connection(random);
            }
            try (Device good = node.stranger("hostile-good").connect()) {
                good.subscribe("hostile/end", 1);
                good.publish("hostile/end", "still here", 1);
                assertThat(good.next().body()).isEqualTo("still here");
            }
        } finally {
            root.detachAppender(failures);
        }
        assertThat(failures.texts).as("replay with -Dskein.test.seed=" + seed).isEmpty();
    }

    private void connection(SplittableRandom random) throws IOException {
        try (Socket socket =
                new Socket(node.address().getAddress(), node.address().getPort())) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            byte[] connect = connect(random);
            socket.getOutputStream().write(random.nextInt(3) == 0 ? mutated(random, connect) : connect);
            for (int packets = random.nextInt(6); packets > 0; packets--) {
                byte[] packet = packet(random);
                socket.getOutputStream().write(random.nextInt(2) == 0 ? mutated(random, packet) : packet);
            }
            socket.getOutputStream().write(0xFF); // no packet begins so: the broker closes
            socket.shutdownOutput();
            drain(socket.getInputStream());
        } catch (SocketException e) {
            // The broker has closed while we were still writing.
            assertThat(e).hasMessageMatching("(?s).*(reset|Broken pipe|abort).*");
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        while (in.read(buffer) >= 0) {
            // Only the end matters.
        }
    }

    private static byte[] connect(SplittableRandom random) {
        boolean v31 = random.nextInt(4) == 0;
        boolean will = random.nextBoolean();
        boolean user = random.nextInt(4) == 0;
        int flags = (0x02 & random.nextInt()) | (will ? 0x04 | (random.nextInt(3) << 3) | (random.nextInt(2) << 5) : 0);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(field(v31 ? "MQIsdp" : "MQTT"));
        body.write(v31 ? 3 : 4);
        body.write(flags | (user ? 0xC0 : 0));
        body.write(0);
        body.write(60);
        body.writeBytes(field("hostile" + random.nextInt(5)));
        if (will) {
            body.writeBytes(topic(random));
            body.writeBytes(field("x".repeat(size(random))));
        }
        if (user) {
            body.writeBytes(field("Signature|YYYYY|" + (random.nextBoolean() ? "fleet" : "default")));
            body.writeBytes(field("x".repeat(size(random))));
        }
        return packet(0x10, body.toByteArray());
    }

    private static byte[] packet(SplittableRandom random) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int kind = random.nextInt(8);
        int qos = random.nextInt(3);
        if (kind == 0 && qos == 0) {
            body.writeBytes(topic(random));
            return packet(0x30 | random.nextInt(2), body.toByteArray());
        }
        if (kind == 0) {
            body.writeBytes(topic(random));
        }
        body.write(random.nextInt(2));
        body.write(1 + random.nextInt(3));
        switch (kind) {
            case 0 -> body.writeBytes(new byte[size(random)]);
            case 1 -> {
                for (int filters = 1 + random.nextInt(3); filters > 0; filters--) {
                    body.writeBytes(topic(random));
                    body.write(random.nextInt(3));
                }
            }
            case 2 -> body.writeBytes(topic(random));
            default -> {
                // An acknowledgement is its identifier.
            }
        }
        int[] first = {0x30 | (qos << 1) | random.nextInt(2), 0x82, 0xA2, 0x40, 0x50, 0x62, 0x70, 0x40};
        return packet(first[kind], body.toByteArray());
    }

    private static byte[] topic(SplittableRandom random) {
        String beginning = BEGINNINGS.get(random.nextInt(BEGINNINGS.size()));
        int rest = size(random) - beginning.getBytes(UTF_8).length;
        return field(beginning + "t".repeat(Math.max(0, rest)));
    }

    private static int size(SplittableRandom random) {
        return SIZES[random.nextInt(SIZES.length)];
    }

    private static byte[] field(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes.length >>> 8);
        out.write(bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] packet(int first, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        int rest = body.length;
        do {
            out.write(rest % 128 + (rest >= 128 ? 128 : 0));
            rest /= 128;
        } while (rest > 0);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] mutated(SplittableRandom random, byte[] packet) {
        byte[] changed = packet.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(random.nextBoolean() ? Math.min(16, changed.length) : changed.length);
            changed[at] = (byte) BYTES[random.nextInt(BYTES.length)];
        }
        return changed;
    }
}
