package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientIdPatternTest {
    @ParameterizedTest(name = "{0} of {2}: {1} {3}")
    @CsvSource({
        "device, device, bob, true",
        "device, devices, bob, false",
        "device, Device, bob, false",
        "device-*, device-, bob, true",
        "device-*, device-7, bob, true",
        "device-*, a-device-7, bob, false",
        "*-7, device-7, bob, true",
        "*-7, device-77, bob, false",
        "*, '', bob, true",
        "*, anything, bob, true",
        "'', '', bob, true",
        "a, '', bob, false",
        "a*b*c, abc, bob, true",
        "a*b*c, a-b-b-c, bob, true",
        "a*b*c, a-c-b, bob, false",
        "a*b*c, acb, bob, false",
        "a*ab, ab, bob, false", // no character stands for both
        "a*a, a, bob, false",
        "a*b*b, ab, bob, false",
        "**, x, bob, true",
        "%u, bob, bob, true",
        "%u, alice, bob, false",
        "%u-*, bob-1, bob, true",
        "*@@@%u, GID_a@@@bob, bob, true",
        "%u%u, bobbob, bob, true",
        "%u, 'b*b', 'b*b', true",
        "%u, bob, 'b*b', false", // a star of the name is a star
        "%u-*, '%u-1', bob, false",
        "*%u*, 'x%u', '%u', true",
        "a+b, a+b, bob, true",
        "a.c, abc, bob, false"
    })
    void starsStandForAnyCharactersAndTheNameForItself(String pattern, String clientId, String user, boolean fits) {
        assertThat(ClientIdPattern.matches(pattern, clientId, user)).isEqualTo(fits);
    }
}
