package dev.skein.node.model;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.LoggerFactory;

/**
 * Gives tests a {@link Model}: one node for all classes of a JVM, with instances of every kind, and the lines that it
 * writes of connections that it refused or closed.
 */
public final class Model implements AutoCloseable {
    private static final int CHEAP_HASH = 4;
    private static final Duration LINE_DEADLINE = Duration.ofSeconds(10);
    private static final Duration LINE_POLL = Duration.ofMillis(10);
    /** What every instance admits: Signature mode with the fact sheet's key. */
    private static final String KEY = "access-keys = [{ id = YYYYY, secret = XXXXX }]";

    private static final String APSARA =
            "mode = apsara, groups = [GID_Test, GID-two], parent-topics = [news, devices], " + KEY;

    private static final String INSTANCES = """
            skein.instances {
              default { mode = open, anonymous = loopback, KEY }
              fleet { APSARA }
              fleet2 { APSARA }
              longer { APSARA, limits.topic-length = 128 }
              brief { APSARA, limits.keep-alive = 1s }
              lifted { APSARA, sessions { offline-qos0 = false, persistent-qos2 = true } }
              addressed { mode = open, p2p = on, KEY }
              plain { APSARA, p2p = off }
              keeping { mode = open, sessions.offline-qos0 = true, KEY }
              refusing { mode = open, duplicate-client-id = reject, KEY }
              yielding { APSARA, duplicate-client-id = take-over }
              guarded { APSARA, PERMISSIONS }
              ruled { mode = open, KEY, PERMISSIONS }
            }
            """;

    private static final String PERMISSIONS = """
            users = [{ name = ann, password-hash = "{hash}" }, { name = bob, password-hash = "{hash}" }]
            default-permission = deny
            permissions = [
              { effect = deny, topics = ["news/secret/#"] }
              { effect = allow, action = publish, users = [ann], topics = ["news/by/%u/#"] }
              { effect = allow, action = subscribe, users = [ann, bob], topics = ["news/#"] }
              { effect = allow, action = all, groups = [GID-two], topics = ["devices/%c/#"] }
              { effect = allow, action = publish, clients = ["GID_Test@@@only"], topics = ["news/only"] }
            ]
            """;

    private final Path directory;
    private final ModelNode node;
    private final Lines lines = new Lines();

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            texts.add(event.getFormattedMessage());
        }
    }

    /** Resolves parameters of this type. */
    static final class Extension implements ParameterResolver {
        private static final Namespace NAMESPACE = Namespace.create(Model.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Model.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // Not the store of the root: Failsafe gives classes to two JVMs one by one, each with a root of its own.
            return Objects.requireNonNull(context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .computeIfAbsent("model", _ -> new Model(), Model.class));
        }
    }

    private Model() {
        try {
            directory = Files.createTempDirectory("skein-model");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String hash = BCrypt.withDefaults().hashToString(CHEAP_HASH, "secret".toCharArray());
        node = ModelNode.start(
                directory,
                INSTANCES
                        .replace("PERMISSIONS", PERMISSIONS)
                        .replace("APSARA", APSARA)
                        .replace("KEY", KEY)
                        .replace("{hash}", hash));
        lines.start();
        connections().addAppender(lines);
    }

    private static Logger connections() {
        return (Logger) LoggerFactory.getLogger("dev.skein.connections");
    }

    ModelNode node() {
        return node;
    }

    /**
     * The last line that names {@code clientId}, once it holds all of {@code texts}: a client may hear of what happened
     * before the line is written.
     */
    String awaitLine(String clientId, String... texts) {
        long since = System.nanoTime();
        while (true) {
            String line = lastLine(clientId);
            if (Stream.of(texts).allMatch(line::contains)) {
                return line;
            }
            if (System.nanoTime() - since > LINE_DEADLINE.toNanos()) {
                throw new AssertionError("last line: " + line + " (expected: with " + List.of(texts) + ")");
            }
            LockSupport.parkNanos(LINE_POLL.toNanos());
        }
    }

    private String lastLine(String clientId) {
        return lines.texts.reversed().stream()
                .filter(line -> line.matches(".*[ |]\\Q" + clientId + "\\E[ :].*"))
                .findFirst()
                .orElse("no line of " + clientId);
    }

    @Override
    public void close() {
        connections().detachAppender(lines);
        node.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> {
                if (!file.delete()) {
                    file.deleteOnExit();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
