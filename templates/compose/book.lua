--- A service of a compose file runs a release that is bad.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    shop = input.compose "the compose file",
    bad = input.text("the image that is bad"):default "registry/api:1.4",
  },

  findings = {
    ["bad-release"] = "the file names the image that is bad",
  },

  evidence = function(see, arg)
    return { services = see.compose(arg.shop):services(), image = see.compose(arg.shop):image "api" }
  end,

  diagnose = function(found, arg)
    if found.image == arg.bad then
      return finding("bad-release", "the file names %s", found.image):next "tell those who released it"
    end
    return healthy "the file names another image"
  end,
@if changes@

  mitigations = {
    mitigation "name-another-image" {
      answers = { "bad-release" },
      asks = { image = ask.text("the image to go back to", "registry/api:1.3") },
      plan = function(found, arg, chosen)
        return { change.compose_image(arg.shop, "api", { to = chosen.image, comment = "nothing is restarted by it" }) }
      end,
      verify = function(arg, chosen) return { check.compose(arg.shop):image("api"):is(chosen.image) } end,
    },
  },
@end@

  follow_up = { after("10m", "Find out how the release got out.") },
}
