package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.AppendListener;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is written together: the records, and what their callers are told when they are stored. One at a time. */
final class Group {
    private final JournalIndex index;
    private final Tables tables;
    private final Sequences sequences;
    private final Consumer<Task> submit;
    private final RecordBuffer records = new RecordBuffer();
    private final List<Runnable> told = new ArrayList<>();
    private final HandedOn handedOn = new HandedOn();
    /** What received packet identifiers stand for, by what this group says. */
    private final Map<InboundMark, Optional<MessageId>> received = new HashMap<>();

    private boolean awaited;
    private long number;
    private int appended;

    /** @param submit gives the writing thread something to do after this group */
    Group(JournalIndex index, Tables tables, Sequences sequences, Consumer<Task> submit) {
        this.index = index;
        this.tables = tables;
        this.sequences = sequences;
        this.submit = submit;
    }

    /** Whether any of the tasks becomes a record. */
    static boolean hasRecords(List<Task> tasks) {
        for (Task task : tasks) {
            boolean record = switch (task) {
                case Task.Command(StoreCommand.Barrier _) -> false;
                case Task.Command _ -> true;
                case Task.Discard discard -> discard.noted();
                case Task.Flush _, Task.Tell _ -> false;
            };
            if (record) {
                return true;
            }
        }
        return false;
    }

    /** Begins anew, without records. */
    void begin() {
        told.clear();
        received.clear();
        records.clear(0);
        awaited = false;
        appended = 0;
    }

    /**
     * Begins the records.
     *
     * @param next number of the first one
     * @param stored see {@link Change.Group}
     */
    void begin(Segment segment, long next, long stored) {
        records.clear(segment.salt());
        number = next;
        RecordCodec.group(records, number++, stored);
    }

    /** Adds one task, unless it is not wanted any more. */
    void add(Task task, Consumer<CompletableFuture<Void>> flush) {
        switch (task) {
            case Task.Command(StoreCommand.Append append) -> add(append);
            case Task.Command(var command) -> step(command);
            case Task.Discard(var session, var noted, var done) -> {
                if (noted) {
                    RecordCodec.discard(records, number++, session);
                }
                told.add(() -> {
                    index.forget(session);
                    done.complete(null);
                });
            }
            case Task.Flush(var done) -> told.add(() -> flush.accept(done));
            case Task.Tell(var what) -> told.add(what);
        }
    }

    private void add(StoreCommand.Append append) {
        AppendListener listener = append.listener();
        if (!append.isWanted()) {
            told.add(listener::passedOver);
            return;
        }
        awaited = true;
        if (append.mark() instanceof StoreCommand.WillMark) {
            told.add(() -> {
                handedOn.given();
                tables.append(toldHere(append));
            });
            return;
        }
        if (append.mark() instanceof InboundMark mark) {
            MessageId first = first(mark);
            if (first != null) {
                told.add(() -> listener.repeated(first));
                return;
            }
        }
        MessageId id =
                new MessageId(sequences.take(Math.max(1, append.receivers().size())), Journal.WRITER);
        if (append.mark() instanceof InboundMark mark) {
            received.put(mark, Optional.of(id));
        }
        if (append.mark() != null || !append.receivers().isEmpty()) {
            RecordCodec.append(records, number++, id.sequence(), append);
            appended += append.receivers().size();
        }
        told.add(() -> listener.committed(id));
    }

    /** The message that was stored with the same mark, or null. */
    private @Nullable MessageId first(InboundMark mark) {
        if (received.containsKey(mark)) {
            return received.getOrDefault(mark, Optional.empty()).orElse(null);
        }
        MessageId first = index.received(mark);
        return JournalIndex.ASK_TABLES.equals(first) ? tables.received(mark).orElse(null) : first;
    }

    private void step(StoreCommand command) {
        if (!command.isWanted()) {
            return;
        }
        if (command instanceof StoreCommand.Barrier barrier) {
            awaited = true;
            told.add(() -> handedOn.behind(barrier.listener()::committed));
            return;
        }
        if (command instanceof StoreCommand.InboundReleased released) {
            received.put(new InboundMark(released.sessionId(), released.packetId()), Optional.empty());
        }
        long position = command instanceof StoreCommand.Received ? sequences.take(1) : 0;
        RecordCodec.step(records, number++, command, position);
        if (command instanceof StoreCommand.Qos2Step step) {
            awaited = true;
            told.add(step.listener()::committed);
        }
    }

    /** The same command, whose outcome is told on the writing thread of the journal, as all others are. */
    private StoreCommand.Append toldHere(StoreCommand.Append append) {
        AppendListener listener = append.listener();
        return new StoreCommand.Append(
                append.instance(),
                append.topic(),
                append.content(),
                append.origin(),
                append.receivers(),
                append.mark(),
                new AppendListener() {
                    @Override
                    public void committed(MessageId id) {
                        tell(() -> listener.committed(id));
                    }

                    @Override
                    public void repeated(MessageId first) {
                        tell(() -> listener.repeated(first));
                    }

                    @Override
                    public void failed(StoreUnavailableException cause) {
                        tell(() -> listener.failed(cause));
                    }

                    @Override
                    public void passedOver() {
                        tell(listener::passedOver);
                    }

                    @Override
                    public boolean isWanted() {
                        return listener.isWanted();
                    }
                });
    }

    private void tell(Runnable what) {
        submit.accept(new Task.Tell(() -> {
            try {
                what.run();
            } finally {
                handedOn.told();
            }
        }));
    }

    /** The records. */
    RecordBuffer records() {
        return records;
    }

    /** Whether anybody waits for them. */
    boolean isAwaited() {
        return awaited;
    }

    /** Number of the record that follows. */
    long next() {
        return number;
    }

    /** Queue entries that it makes. */
    int appended() {
        return appended;
    }

    /** What is to be told once it is stored, in the order in which it was given. */
    List<Runnable> told() {
        return told;
    }
}
