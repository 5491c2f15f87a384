package dev.skein.node.admission;

import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The budgets of a node. A connection needs them one after another and holds none while it waits for the next, but a
 * CONNECT, which may lapse, while its session is read: they cannot wait for one another for ever.
 *
 * @param handshakes TLS handshakes
 * @param connects CONNECTs
 * @param restores sessions that are read
 * @param replays pages of retained messages
 * @param reconnects slows those who connect all the time
 * @param meters rates of clients, identities, addresses and instances
 */
public record Admission(
        Budget handshakes, Budget connects, Budget restores, Budget replays, Reconnects reconnects, Meters meters) {

    /**
     * @param nanoTime such as {@code System::nanoTime}
     * @param waits who is told how many nanoseconds was waited, for each stage
     */
    public static Admission of(AdmissionSettings settings, LongSupplier nanoTime, Function<Stage, LongConsumer> waits) {
        return new Admission(
                budget(Stage.HANDSHAKE, settings, nanoTime, waits),
                budget(Stage.CONNECT, settings, nanoTime, waits),
                budget(Stage.RESTORE, settings, nanoTime, waits),
                budget(Stage.REPLAY, settings, nanoTime, waits),
                new Reconnects(settings.reconnects(), settings.waiting(), nanoTime),
                new Meters());
    }

    private static Budget budget(
            Stage stage, AdmissionSettings settings, LongSupplier nanoTime, Function<Stage, LongConsumer> waits) {
        return new Budget(
                settings.limit(stage),
                settings.waiting(),
                stage.tenure(),
                settings.waitTimeout(),
                nanoTime,
                waits.apply(stage));
    }

    /** The budget of a stage. */
    public Budget of(Stage stage) {
        return switch (stage) {
            case HANDSHAKE -> handshakes;
            case CONNECT -> connects;
            case RESTORE -> restores;
            case REPLAY -> replays;
        };
    }

    /** See {@link Budget#tick}. */
    public void tick() {
        handshakes.tick();
        connects.tick();
        restores.tick();
        replays.tick();
    }
}
