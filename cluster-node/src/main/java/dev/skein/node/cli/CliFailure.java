package dev.skein.node.cli;

/** A command that came to nothing: the text to print. Stackless. */
final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliFailure(String message) {
        super(message, null, false, false);
    }
}
