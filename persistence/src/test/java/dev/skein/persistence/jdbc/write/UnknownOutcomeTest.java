package dev.skein.persistence.jdbc.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.Eventually;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COMMIT has no answer: it has happened, or it has not. */
class UnknownOutcomeTest {
    private static final long WRITER = 1L << 32;

    /** What becomes of the next COMMIT. */
    private enum Loss {
        NONE,
        ANSWER,
        COMMIT
    }

    @TempDir
    private Path directory;

    private Connections connections;
    private WriterConnection writer;
    private long last;
    private volatile Loss next = Loss.NONE;
    private volatile boolean gone;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws SQLException {
        String url = JdbcStores.h2Url(directory);
        Dialect dialect = Dialect.of(Database.of(url));
        connections = Connections.to(url, "skein", "", 1, dialect);
        try (Connection connection = connections.open()) {
            Migrations.apply(connection, dialect.database());
        }
        writer = new WriterConnection(
                () -> losing(connections.open()),
                dialect,
                new PlanRunner(dialect, new BodyCounts(), _ -> {}),
                WRITER,
                false);
        last = writer.claim();
    }

    @AfterEach
    void close() {
        writer.close();
        connections.close();
    }

    private Connection losing(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    Loss loss = method.getName().equals("commit") ? next : Loss.NONE;
                    next = loss == Loss.NONE ? next : Loss.NONE;
                    try {
                        Object result = loss == Loss.COMMIT ? null : method.invoke(real, arguments);
                        if (loss == Loss.NONE) {
                            return result;
                        }
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    gone = true;
                    throw new SQLException("the connection was lost in COMMIT", "08006");
                });
    }

    private Write.Append append(String name, long sequence) {
        Write.Append append = new Write.Append(command(name, () -> true));
        append.assign(sequence, WRITER);
        return append;
    }

    private StoreCommand.Append command(String name, BooleanSupplier wanted) {
        return new StoreCommand.Append(
                "default",
                "t",
                Content.of(new byte[0]),
                Origin.UNKNOWN,
                List.of(new StoreCommand.Receiver(8, 2)),
                new StoreCommand.InboundMark(7, 1),
                new StoreCommand.AppendListener() {
                    @Override
                    public void committed(MessageId id) {
                        told.add(name + " committed");
                    }

                    @Override
                    public void repeated(MessageId first) {
                        told.add(name + " repeated");
                    }

                    @Override
                    public void failed(StoreUnavailableException cause) {
                        told.add(name + " failed");
                    }

                    @Override
                    public boolean isWanted() {
                        return wanted.getAsBoolean();
                    }

                    @Override
                    public void passedOver() {
                        told.add(name + " passed over");
                    }
                });
    }

    private void submitTwice() {
        Committer committer = new Committer(
                writer, connections, new Sequence(InstantSource.system(), last), new BodyCounts(), 100, WRITER);
        committer.start(_ -> {});
        committer.submit(new Write.Append(command("first", () -> !gone)));
        Eventually.holds(() -> told.size() == 1);
        committer.submit(new Write.Append(command("again", () -> true)));
        Eventually.holds(() -> told.size() == 2);
        committer.close(Duration.ofSeconds(1));
    }

    private void lose(Write write, long lastSequence, Loss loss) {
        next = loss;
        assertThatThrownBy(() -> writer.run(List.of(write), lastSequence)).hasMessageContaining("lost in COMMIT");
        writer.rollback(true);
    }

    private long queued() throws SQLException {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM skein_queue")) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void aRepetitionIsStillOneWhenItsCommitIsTriedAgain() throws SQLException {
        writer.run(List.of(append("first", 10)), 10);
        Write.Append again = append("again", 20);
        lose(again, 20, Loss.ANSWER);
        writer.run(List.of(again), 20);

        assertThat(again.repeated).isEqualTo(new MessageId(10, WRITER));
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void whatWasCommittedIsNotWrittenAgain() throws SQLException {
        Write.Append first = append("first", 10);
        lose(first, 10, Loss.ANSWER);
        writer.run(List.of(first), 10);
        writer.run(List.of(new Write.Append(command("again", () -> true))), 20);

        assertThat(first.repeated).isNull();
        assertThat(queued()).isEqualTo(1);
    }

    /** Its publisher is gone before the second attempt, and will only be told of a repetition when it is back. */
    @Test
    void aMessageThatIsCommittedIsNotPassedOver() throws SQLException {
        next = Loss.ANSWER;
        submitTwice();

        assertThat(told).containsExactly("first committed", "again repeated");
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void aMessageThatIsNotCommittedIsPassedOverWhenItsPublisherIsGone() throws SQLException {
        next = Loss.COMMIT;
        submitTwice();

        assertThat(told).containsExactly("first passed over", "again committed");
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void whatFollowsARunThatWasGivenUpIsWrittenByItself() throws SQLException {
        lose(append("given up", 10), 10, Loss.ANSWER);
        writer.giveUp();
        Write.Append other = append("other", 20);
        writer.run(List.of(new Write.InboundReleased(new StoreCommand.InboundReleased(7, 1, () -> {}))), 10);
        writer.run(List.of(other), 20);

        assertThat(other.repeated).isNull();
        assertThat(queued()).isEqualTo(2);
    }
}
