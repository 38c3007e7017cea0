# Attributes, methods and a little inheritance: particles in a box.
import sys

steps = int(sys.argv[1])


class Particle:
    def __init__(self, x, speed):
        self.x = x
        self.speed = speed
        self.bounces = 0

    def move(self):
        self.x += self.speed
        if self.x < 0 or self.x > 1000:
            self.bounce()

    def bounce(self):
        self.speed = -self.speed
        self.bounces += 1


class Heavy(Particle):
    def bounce(self):
        super().bounce()
        self.x += self.speed


class Box:
    def __init__(self, count):
        self.particles = []
        for i in range(count):
            kind = Heavy if i % 3 == 0 else Particle
            self.particles.append(kind(i * 37 % 1000, i % 11 - 5))

    def step(self):
        for particle in self.particles:
            particle.move()

    def total(self):
        return sum(p.x * 3 + p.bounces for p in self.particles)


box = Box(100)
for _ in range(steps):
    box.step()
print(box.total(), max(p.bounces for p in box.particles))


# never reached
def unreached():
    return None
