package dev.skein.node.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number as a user wrote it, and its unit. The library that reads it passes over what does not fit: it takes 85.5 for
 * 85 where a whole number is asked for, half a byte for none, and a duration without a unit for milliseconds.
 *
 * @param text all of it
 * @param isNumber whether {@code number} and {@code unit} could be told
 * @param unit empty for none
 */
record WrittenNumber(String text, boolean isNumber, BigDecimal number, String unit) {
    private static final Pattern FORM =
            Pattern.compile("([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?)\\s*(\\p{Alpha}*)");

    /** Of a value that is no list and no section. */
    static WrittenNumber in(ConfigValue value) {
        String text = value.atKey("v").getString("v").strip();
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new WrittenNumber(text, true, new BigDecimal(matcher.group(1)), matcher.group(2))
                : new WrittenNumber(text, false, BigDecimal.ZERO, "");
    }

    private static boolean isIntegral(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    boolean isWhole() {
        return isNumber && unit.isEmpty() && isIntegral(number);
    }

    /** Nothing needs no unit. */
    boolean hasUnit() {
        return isNumber && (!unit.isEmpty() || number.signum() == 0);
    }

    boolean isWholeBytes() {
        if (!isNumber || isIntegral(number)) {
            return isNumber;
        }
        BigDecimal unitBytes =
                BigDecimal.valueOf(ConfigFactory.parseString("v = 1" + unit).getBytes("v"));
        return isIntegral(number.multiply(unitBytes));
    }

    /** A fraction needs a unit, whatever is asked for. */
    boolean mayBeAuto() {
        return !isNumber || !unit.isEmpty() || isIntegral(number);
    }
}
