package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.session;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The network takes a node's transaction away between its statements and its COMMIT. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HeldUpWriterIT {
    private static final String HELD_UP = "held up on the network";

    private final String url = Postgres.emptyDatabase();

    private static JdbcStores open(String url, String nodeName) {
        return JdbcStores.open(
                url,
                "postgres",
                "",
                3,
                TestStores.settings(1_000_000, 10_000_000, nodeName),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @Test
    void whatItHadInHandIsUndoneAndTheNodeIsShutOut() throws IOException {
        try (Holder network = new Holder(URI.create(url.substring("jdbc:".length())));
                JdbcStores one = open(url, "one");
                JdbcStores two = open(network.url(url), "two")) {
            StoredSession session = session(one, "receiver");
            get(two.presence().seen());
            get(append(two.messages(), session, "in time"));

            CompletableFuture<MessageId> late = append(two.messages(), session, HELD_UP);
            Eventually.holds(network::holds);
            Eventually.holds(() -> isShutOut(one, "two"));
            network.letGo();

            Eventually.holds(() -> two.problem().isPresent());
            assertThat(late).isNotDone();
            assertThat(get(one.messages().depth(session.id()))).isEqualTo(1);
        }
    }

    /** False while the transaction that is held up has its row. */
    private static boolean isShutOut(JdbcStores by, String node) {
        return get(by.presence().fence(node).exceptionally(_ -> false));
    }

    /** Carries connections to a database, and keeps back what a client says after {@link #HELD_UP}. */
    private static final class Holder implements AutoCloseable {
        private final URI database;
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
        private final CountDownLatch holding = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Holder(URI database) throws IOException {
            this.database = database;
            Thread.ofVirtual().start(this::accept);
        }

        private String url(String direct) {
            return direct.replace(
                    database.getHost() + ":" + database.getPort(), "127.0.0.1:" + listener.getLocalPort());
        }

        private boolean holds() {
            return holding.getCount() == 0;
        }

        private void letGo() {
            released.countDown();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = listener.accept();
                    Socket server = new Socket(database.getHost(), database.getPort());
                    sockets.add(client);
                    sockets.add(server);
                    Thread.ofVirtual().start(() -> carry(client, server, true));
                    Thread.ofVirtual().start(() -> carry(server, client, false));
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void carry(Socket from, Socket to, boolean toDatabase) {
            byte[] buffer = new byte[64 * 1024];
            try (from;
                    to;
                    InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                boolean hold = false;
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (hold) {
                        holding.countDown();
                        released.await();
                    }
                    out.write(buffer, 0, length);
                    hold = toDatabase && new String(buffer, 0, length, ISO_8859_1).contains(HELD_UP);
                }
                if (!toDatabase && holds()) {
                    released.await(); // the client does not hear of the end of its connection either
                }
            } catch (IOException | InterruptedException e) {
                // that is how connections end here
            }
        }

        @Override
        public void close() throws IOException {
            released.countDown();
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
