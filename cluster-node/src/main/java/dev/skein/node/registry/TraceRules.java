package dev.skein.node.registry;

import java.util.List;

/**
 * Of which clients of an instance it is recorded what becomes of them and of their messages.
 *
 * @param mode of which
 * @param clients patterns of client IDs, {@code *} stands for any characters; those of {@link Mode#CLIENTS}
 * @param sample one of so many clients; those of {@link Mode#SAMPLED}
 */
public record TraceRules(Mode mode, List<String> clients, int sample) {
    private static final int SAMPLE_MAX = 1_000_000;

    /** Of which clients. */
    public enum Mode {
        OFF,
        /** Those whose client IDs match a pattern. */
        CLIENTS,
        /** A part of them, the same on all nodes. */
        SAMPLED,
        ALL
    }

    /** Copies the list. */
    public TraceRules {
        clients = List.copyOf(clients);
    }

    /** Whether anything is recorded. */
    public boolean isOn() {
        return mode != Mode.OFF;
    }

    static TraceRules read(Section section) {
        Mode mode = section.constant("trace.mode", Mode.class);
        List<String> clients = section.texts("trace.clients");
        if (mode == Mode.CLIENTS && clients.isEmpty()) {
            throw section.wrong("trace.clients", "none", "patterns of client IDs, with trace.mode = clients");
        }
        return new TraceRules(mode, clients, section.integerOrAuto("trace.sample", 1, SAMPLE_MAX, 1));
    }
}
