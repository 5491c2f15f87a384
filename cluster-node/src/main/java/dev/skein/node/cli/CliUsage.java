package dev.skein.node.cli;

/** A command line that cannot be carried out as it stands. Stackless. */
final class CliUsage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliUsage(String message) {
        super(message, null, false, false);
    }
}
