"""What people ask about the handbook."""

LEAVE = "How many unused leave days may I carry over?"
LAPTOPS = "When are laptops replaced?"
UNKNOWN = "What is the airspeed velocity of an unladen swallow?"
