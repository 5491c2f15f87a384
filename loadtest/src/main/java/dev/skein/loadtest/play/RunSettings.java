package dev.skein.loadtest.play;

/**
 * What every process of a run knows beside the scenario.
 *
 * @param scale factor on client counts and on the rates of connecting
 * @param timeScale factor on the lengths of phases
 * @param seed what every choice comes from
 * @param run number that tells this run's clients, topics and messages from another's
 * @param part which process this is, 0 upward
 * @param parts how many processes there are
 * @param p2p whether the broker delivers P2P messages
 * @param shares whether the broker has shared subscriptions
 */
public record RunSettings(
        double scale, double timeScale, long seed, int run, int part, int parts, boolean p2p, boolean shares) {
    /** Checks the factors. */
    public RunSettings {
        if (!(scale > 0) || scale > 1000) {
            throw new IllegalArgumentException("scale: " + scale + " (expected: above 0, up to 1000)");
        }
        if (!(timeScale > 0) || timeScale > 1000) {
            throw new IllegalArgumentException("time-scale: " + timeScale + " (expected: above 0, up to 1000)");
        }
    }

    /** The same with what a broker was found to have. */
    public RunSettings with(boolean hasP2p, boolean hasShares) {
        return new RunSettings(scale, timeScale, seed, run, part, parts, hasP2p, hasShares);
    }

    /** The same for one of several processes. */
    public RunSettings of(int onePart, int allParts) {
        return new RunSettings(scale, timeScale, seed, run, onePart, allParts, p2p, shares);
    }
}
