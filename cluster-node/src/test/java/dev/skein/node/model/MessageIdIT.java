package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The identity of every message, as the control API answers it. */
@ExtendWith(Model.Extension.class)
class MessageIdIT {
    private final ModelNode node;

    MessageIdIT(Model model) {
        this.node = model.node();
    }

    private String publish(String topic, int qos) {
        JsonNode json = node.api(
                        "POST",
                        "/instances/default/messages",
                        "{\"topic\": \"" + topic + "\", \"payload\": \"x\", \"qos\": " + qos + "}")
                .json();
        return json.path("messageId").asText();
    }

    @Test
    void isThirtyTwoUpperCaseDigitsUniqueAndInTheOrderOfTime() {
        try (Device keeper = node.stranger("id-keeper").persistent().connect()) {
            keeper.subscribe("ids/#", 2); // some are stored and get their identity there
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                ids.add(publish(i % 2 == 0 ? "ids/" + i : "others/" + i, i % 3));
            }

            assertThat(ids).allMatch(id -> id.matches("[0-9A-F]{32}")).doesNotHaveDuplicates();
            assertThat(ids.stream().map(id -> id.substring(0, 12)).toList()).isSorted();
            keeper.clean().connectAgain();
        }
    }

    @Test
    void isInTheOrderOfPublishingOnOneTopic() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(publish("ids/one", 1));
        }

        assertThat(ids).isSorted();
    }
}
