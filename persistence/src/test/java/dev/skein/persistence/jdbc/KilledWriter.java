package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The process that {@link H2KillIT} kills. Arguments: directory, durability, first number. Appends numbered messages to
 * two sessions for ever, acknowledges every third in the first one, and writes a line for each committed number.
 */
final class KilledWriter {
    private static final int WINDOW = 500;
    private static final int PAYLOAD_BYTES = 300;

    private KilledWriter() {}

    /** One in a process of its own, whose heap has so many MiB; {@code first} is its first number. */
    static ProcessBuilder process(Path directory, StoreDurability durability, int first, int heapMib) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMib + "m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                directory.toString(),
                durability.name(),
                Integer.toString(first));
    }

    public static void main(String[] arguments) {
        JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(Path.of(arguments[0])),
                "skein",
                "",
                3,
                TestStores.settings().with(StoreDurability.valueOf(arguments[1])),
                InstantSource.system(),
                (_, _, _) -> {});
        StoredSession one = TestStores.session(stores, "one");
        StoredSession two = TestStores.session(stores, "two");
        Semaphore free = new Semaphore(WINDOW);
        for (int number = Integer.parseInt(arguments[2]); ; number++) {
            free.acquireUninterruptibly();
            byte[] payload = ByteBuffer.allocate(PAYLOAD_BYTES).putInt(number).array();
            List<Receiver> receivers = number % 2 == 0
                    ? List.of(new Receiver(one.id(), 1))
                    : List.of(new Receiver(one.id(), 1), new Receiver(two.id(), 2));
            int committed = number;
            stores.messages()
                    .submit(new StoreCommand.Append(
                            "default",
                            "k",
                            Content.of(payload),
                            Origin.UNKNOWN,
                            receivers,
                            null,
                            new StoreCommand.AppendListener() {
                                @Override
                                public void committed(MessageId id) {
                                    if (committed % 3 == 0) {
                                        stores.messages().submit(new StoreCommand.Acknowledge(one.id(), id));
                                    }
                                    System.out.println(committed); // house: RegexpSinglelineJava: read by the test
                                    free.release();
                                }

                                @Override
                                public void repeated(MessageId first) {
                                    throw new IllegalStateException("repeated (expected: never, there are no marks)");
                                }

                                @Override
                                public void failed(StoreUnavailableException cause) {
                                    throw cause;
                                }
                            }));
        }
    }
}
