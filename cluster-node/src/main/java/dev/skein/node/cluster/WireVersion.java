package dev.skein.node.cluster;

import dev.skein.node.link.Frame;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node tells the others of itself when it joins, as Pekko's {@code app-version}: the version that it was built
 * as, and what it reads, {@code 0.1.0+frames2}. Known before anything is sent to it; nodes of the first version tell
 * the build alone.
 */
public final class WireVersion {
    private static final Pattern FRAMES = Pattern.compile("\\+frames(\\d{1,9})$");
    private static final int FIRST = 1;

    private WireVersion() {}

    /** What this node tells of itself. */
    public static String of(String build) {
        return build + "+frames" + Frame.VERSION;
    }

    /** Version of the frames that a node reads which told {@code appVersion}. */
    public static int frames(String appVersion) {
        Matcher told = FRAMES.matcher(appVersion);
        return told.find() ? Integer.parseInt(told.group(1)) : FIRST;
    }

    /** The build of a node that told {@code appVersion}. */
    public static String build(String appVersion) {
        return FRAMES.matcher(appVersion).replaceFirst("");
    }
}
