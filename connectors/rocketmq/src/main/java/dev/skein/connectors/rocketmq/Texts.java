package dev.skein.connectors.rocketmq;

import java.util.regex.Pattern;

/** What RocketMQ takes as a name. */
final class Texts {
    static final String NAME = "1 to 127 letters, digits and the signs _ - % |";

    private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9_%|-]{1,127}");

    private Texts() {}

    static boolean isName(String text) {
        return NAME_FORM.matcher(text).matches();
    }
}
