package dev.skein.node.delivery;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that keeps what it is given and commits nothing by itself. */
public final class RecordedCommands implements MessageStore {
    private final List<StoreCommand> commands = new ArrayList<>();
    private Runnable endOfCommit = () -> {};

    /** Everything that was submitted. */
    public List<StoreCommand> commands() {
        return commands;
    }

    /** The appends among it. */
    public List<StoreCommand.Append> appends() {
        return commands.stream()
                .filter(StoreCommand.Append.class::isInstance)
                .map(StoreCommand.Append.class::cast)
                .toList();
    }

    /** What the writing thread does after each commit. */
    public void endCommit() {
        endOfCommit.run();
    }

    @Override
    public void submit(StoreCommand command) {
        commands.add(command);
    }

    @Override
    public void onBatch(Runnable hook) {
        endOfCommit = hook;
    }

    @Override
    public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
        return CompletableFuture.completedFuture(new QueuePage(List.of(), false));
    }

    @Override
    public CompletionStage<FlowState> flowState(long sessionId) {
        return CompletableFuture.completedFuture(new FlowState(List.of(), List.of()));
    }

    @Override
    public CompletionStage<Long> depth(long sessionId) {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public long pendingBytes() {
        return 0;
    }
}
