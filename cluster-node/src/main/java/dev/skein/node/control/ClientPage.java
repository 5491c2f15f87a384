package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one page.
 *
 * @param clients at most as many as asked for
 * @param next what to ask the next page with; null when this is the last one
 */
public record ClientPage(
        List<ClientSummary> clients, @Nullable String next) {
    /** Copies the list. */
    public ClientPage {
        clients = List.copyOf(clients);
    }
}
