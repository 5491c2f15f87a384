package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one page.
 *
 * @param clients at most as many as asked for
 * @param next what to ask the next page with; null when this is the last one
 * @param unanswered addresses of nodes that have not answered: clients that are connected to them may be missing, or
 *     shown as offline
 */
public record ClientPage(
        List<ClientSummary> clients, @Nullable String next, List<String> unanswered) {
    /** Copies the lists. */
    public ClientPage {
        clients = List.copyOf(clients);
        unanswered = List.copyOf(unanswered);
    }
}
