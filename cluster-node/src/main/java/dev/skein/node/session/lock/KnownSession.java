package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The client's persistent session as far as its lock knows it, to whom it belongs, and when the client was there. */
final class KnownSession {
    private @Nullable StoredSession stored;
    /** In milliseconds, by what the store said and what was seen since. */
    private long lastSeen;

    /** What the store has of it, null when it has none. */
    @Nullable
    StoredSession stored() {
        return stored;
    }

    /** When the client was there last, in milliseconds. */
    long lastSeen() {
        return lastSeen;
    }

    boolean exists() {
        return stored != null;
    }

    /** The store was read. */
    void loaded(@Nullable StoredSession found) {
        stored = found;
        lastSeen = found == null ? 0 : Math.max(found.createdAt(), found.disconnectedAt());
    }

    /** The store has made it. */
    void created(@Nullable StoredSession made) {
        stored = made;
    }

    /** It is to be no more. */
    void discarded() {
        stored = null;
    }

    /** The client is there. */
    void seen(Moment now, Consumer<Effect> effects) {
        StoredSession known = stored;
        if (known != null) {
            lastSeen = now.epochMillis();
            effects.accept(new Effect.Seen(known, lastSeen));
        }
    }

    /**
     * The identity that keeps a claim from the client ID; null when none does. The client ID belongs to whom its
     * session belongs to, else to who has it, else to who waits for it.
     */
    @Nullable
    String ownerAgainst(Claim claim, State.Open state) {
        State.Holder holder = state.holder();
        Claim next = state.next();
        if (claim.owner() == null || claim.anyOwner()) {
            return null;
        }
        return Stream.of(
                        Stream.ofNullable(stored).map(StoredSession::owner),
                        Stream.ofNullable(holder).map(each -> each.claim().owner()),
                        Stream.ofNullable(next).map(Claim::owner))
                .flatMap(each -> each)
                .filter(Objects::nonNull)
                .findFirst()
                .filter(owner -> !owner.equals(claim.owner()))
                .orElse(null);
    }

    /** The identity of a claim, which is admitted, that is to own it from now on; null when that does not change. */
    @Nullable
    String newOwner(Claim claim) {
        return stored == null || Objects.equals(stored.owner(), claim.owner()) ? null : claim.owner();
    }

    /** It belongs to {@code owner} now. */
    void ownedBy(String owner) {
        stored = stored == null ? null : stored.ownedBy(owner);
    }
}
