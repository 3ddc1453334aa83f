"""Tell first names of people from words, by Faker's lists of names and pyspellchecker's of words (both MIT licence).

A hand-made list of a thousand names left every fourth of those that somebody else had thought of; Faker has 13,600 of
the languages of car owners. As many are words too, they count only in the middle of a sentence, or by what somebody
does. And a member may be called Linkage: of 60 posts without a detail the linkage of 13 had become somebody.
"""

import re
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

LANGUAGES = re.compile(
    r"(?!en_(?:IN|PK|TH))(?:cs|da|de|en|es|et|fi|fr|ga|hr|hu|it|lt|lv|nl|no|pl|pt|ro|sk|sl|sv)(?:_|\Z)"
)

# Those that count wherever they stand, at the start of a sentence too.
FIRST_NAMES = """
    Aaron Abby Abigail Adam Adrian Ahmed Alan Albert Alberto Alejandro Alessandro Alex Alexander Alexandra Alfred Alice
    Alison Amanda Amy Anders Andre Andrea Andreas Andrew Andy Angela Anja Anna Anne Annette Anthony Antoine Antonio
    Arjan Arthur Barbara Barry Bas Beate Ben Benjamin Bernard Bernd Bernhard Bert Beth Betty Bjorn Björn Bob Bobby Boris
    Brad Bradley Brandon Brenda Brendan Brent Brett Brian Bruce Bruno Bryan Byron Caleb Cameron Carl Carla Carlos Carol
    Caroline Catherine Charles Charlie Charlotte Chloe Chris Christian Christina Christine Christoph Christophe
    Christopher Cindy Claire Claudia Claus Colin Connor Corey Craig Curtis Cynthia Damian Damien Dan Daniel Danny Darren
    Dave David Debbie Deborah Denis Dennis Derek Derrick Diana Diane Didier Diego Dieter Dietmar Dirk Dmitri Dominic
    Dominik Don Donald Donna Doug Douglas Duncan Dustin Dylan Eddie Edgar Eduardo Edward Edwin Elena Eli Elizabeth Ellen
    Emily Emma Eric Erich Erik Erin Ernie Ethan Eugene Evan Fabian Felix Fernando Fiona Florian Francesco Francis
    Francisco Francois François Frans Fred Freddy Frederick Fredrik Friedrich Fritz Gabriel Gareth Gary Gavin Geoff
    Geoffrey George Gerald Gerard Gerhard Gerrit Gianni Giorgio Giovanni Giulio Giuseppe Glen Glenn Gordon Graham Greg
    Gregory Guido Guillaume Gunther Günter Günther Gustav Hannah Hans Harald Harold Harry Hassan Heather Hector Heidi
    Heiko Heinrich Heinz Helen Helmut Hendrik Henrik Henry Herbert Hiroshi Holger Horst Howard Hubert Hugh Hugo Ian Ingo
    Ingrid Isaac Ivan Jacob Jacqueline Jacques Jake Jakob Jamal James Jamie Jan Jane Janet Jared Jason Javier Jean Jeff
    Jeffrey Jennifer Jenny Jens Jeremy Jerome Jerry Jesse Jessica Jill Jim Jimmy Joachim Joan Joanna Joao Jochen Joe
    Joel Johan Johann Johannes John Johnny Jon Jonas Jonathan Jordan Jorge Jose José Josef Joseph Josh Joshua Juan
    Judith Judy Julia Julian Julie Jürgen Jurgen Justin Kai Karen Karim Karin Karl Karsten Kate Katherine Kathy Katrin
    Keith Kelly Ken Kenji Kenneth Kenny Kevin Kim Kirk Klaus Kristian Kurt Kyle Larry Lars Laura Lauren Laurent Lawrence
    Leif Len Leo Leon Leonard Leroy Leslie Lewis Linda Lisa Liz Lorenzo Lou Louis Louise Luc Luca Lucy Luigi Luis Lukas
    Luke Lutz Maarten Magnus Malcolm Manfred Manuel Marc Marcel Marco Marcus Margaret Maria Marie Mario Marion Marius
    Markus Martha Martin Mary Massimo Mathias Matt Matteo Matthew Matthias Maurice Mauro Megan Mehmet Melissa Michael
    Michel Michelle Miguel Mikael Mike Mikhail Mirko Mitch Mitchell Mohamed Mohammed Molly Monica Monika Morten Muhammad
    Nancy Natalie Nathan Neil Nicholas Nick Nicola Nicolas Nicole Niels Nigel Nikolai Nils Noah Noel Norbert Norman Ola
    Olaf Oliver Olivia Olivier Omar Oskar Owen Pablo Pamela Paolo Pascal Patricia Patrick Patrik Paul Paula Paulo Pedro
    Per Pete Peter Petra Phil Philip Philipp Philippe Phillip Pierre Piotr Rachel Rafael Rainer Ralf Ralph Ramon Randy
    Raul Raymond Rebecca Reinhard Rene René Ricardo Richard Rick Ricky Rob Robbie Robert Roberto Rodney Roger Roland
    Rolf Roman Ron Ronald Ronnie Ross Roy Rudolf Rudy Rupert Russ Russell Ruth Ryan Sabine Sally Salvatore Sam Samantha
    Samuel Sandra Sanjay Sara Sarah Scott Sean Sebastian Sergei Sergio Seth Shane Shannon Sharon Shaun Shawn Sheila
    Sigurd Silke Silvia Simon Simone Sofia Sonja Sophie Stacy Stefan Stefano Stephan Stephanie Stephen Steve Steven
    Stewart Stuart Sue Susan Susanne Suzanne Sven Sylvia Tamara Tanja Tara Ted Terry Thomas Thorsten Tiffany Tim Timo
    Timothy Tina Tobias Todd Tom Tomas Tommy Toni Tony Torsten Tracy Travis Trevor Tristan Tyler Udo Ulf Ulrich Ulrike
    Ursula Uwe Valerie Vanessa Vasily Veronica Vic Vicky Vince Vincent Vincenzo Vladimir Volker Walter Warren Wayne
    Wendy Werner Wesley Wilhelm William Willy Wolfgang Xavier Yannick Yuri Yusuf Yves Yvonne Zach Zachary Aidan Amit
    Andrzej Antti Bart Benoît Bogdan Callum Cédric Cody Dale Darryl Daryl Declan Detlef Dragan Dwayne Eckhard Fergus
    Frédéric Gerd Giancarlo Gianluca Gilles Goran Göran Håkan Hamish Hartmut Heikki Hervé Jacek Janne Jérôme Jeroen
    Joost Jörg Jørgen Jörn Jussi Koen Krzysztof Lance Liam Loïc Lothar Lyle Marek Marty Mathieu Matti Mikko Nate Nuno
    Pekka Pieter Preston Radoslav Rajesh Rüdiger Rui Ruud Sandeep Sébastien Siegfried Søren Soren Stan Stéphane Takashi
    Thierry Thorben Tiago Tomasz Torben Trent Troy Uli Vikram Wade Wilfried Wim Wojtek Zbigniew Zoran Åke Aoife Iker
    Reto Sjaak Sverre Yvan Duarte Emre Gunnar Mikey Radomir Tasha Abdul Adele Agnieszka Aiko Akira Alain Aldo Alessia
    Alfonso Alistair Amelia Amir Anand Andrei Andrés Angelo Angus Anil Anita Annegret Anneke Anton Antonia Arash Armando
    Arnaud Arne Arno Arturo Arvid Ashley Asif Astrid Attila Aurélien Ayesha Baptiste Bastian Beatriz Benedikt Benny
    Bertrand Bianca Birgit Blake Bradford Bronwyn Brooke Calvin Camille Casper Cecilia Chad Chandra Chiara Clemens Clive
    Cornelius Cristian Cristina Dafydd Daisuke Damir Danilo Darragh Davide Deepak Desmond Dina Dominique Dorothea Dries
    Dušan Edith Eero Egon Eivind Elias Emil Emilio Emmanuel Enrico Enrique Erwin Esteban Ewan Faisal Farid Federico
    Felipe Fernanda Filip Finn Flavio Franck Franz Frida Gail Gaston Geert Geraint Gilbert Gino Giorgos Gisela Gonzalo
    Graeme Gretchen Gudrun Gustavo Hank Hanna Hannes Hari Haruto Hasan Helena Helga Hendrick Henri Hideki Hugues Ibrahim
    Ignacio Igor Ilse Imran Inga Inge Irene Irina Isabel Isabelle Ismail Istvan Iwan Jaap Jaime Jamila Jana Janos Jarek
    Jasper Jelena Jez Jiri Joaquin Joris Jozef Jude Juergen Jukka Julien Kamil Kaspar Katarzyna Katja Kazuki Keiran
    Kerstin Kieran Kjell Konrad Konstantin Kostas Krister Kurtis Lachlan Lasse Leandro Leighton Leonardo Leszek Leticia
    Lieven Lucas Luciano Ludwig László Maciej Mads Maik Maja Malte Manoj Manolo Marcin Margit Marieke Mariusz Marlene
    Mateusz Matthijs Mattias Mauricio Maxime Michał Mihai Milan Miloš Miro Monique Murat Mustafa Nadia Nadine Naoki
    Natasha Neville Nicolás Nikos Nina Nitin Oleg Ollie Orlando Paddy Panos Paulina Pavel Pawel Paweł Petr Petros Pietro
    Priya Przemek Quentin Ragnar Rahul Raphael Rashid Ravi Regina Renato Renaud Rhys Rico Rikard Rohan Romain Rosario
    Roxanne Ruben Ryoichi Salim Sanjeev Santiago Satoshi Shigeru Sigrid Slavko Sofie Spencer Staffan Stavros Stefania
    Steffen Sunil Susana Sylvain Szymon Sławek Tadeusz Tariq Tatiana Teemu Teresa Theo Theresa Tibor Timm Titus Tomás
    Tore Toshiro Trond Tuomas Ulla Umberto Vaclav Valentin Valentina Vasilis Veit Vera Vidar Vijay Viktor Violeta Vito
    Waldemar Wendell Wilma Winston Wojciech Yasmin Yiannis Yoshi Yuki Zdenek Zeljko
    Torbjørn Torbjorn Hernando Bjarte Oisín Eskil
"""
# Those that a workshop uses as words count only where somebody is called, or owns something.
WORKSHOP_NAMES = "Mark|Jack|Rod|Bill|Art|Rich|Max|Victor|Allen"
MEN_AND_WORDS = frozenset((*WORKSHOP_NAMES.split("|"), "Will", "Rob", "Chuck", "Grant", "Skip"))
# Makers, tools, colours, months, states and words of a workshop that somebody is called, too.
NO_PEOPLE = """
    Ace Alcan Alfa Allen Alpha Amber America April Arch Asia August Aurora Austin Autumn Avon Bay Bentley Beta
    Bob Brook Buddy Cam Cap Captain Carolina Carter Chad Champ Chase China Cliff Cooper Crystal Cuba Daisy
    Dakota Dallas Danish Dell Delta Diamond Duke Dusty Earl Emerald Fern Florida Ford Forest France Genesis
    Georgia Ginger Hall Handy Hazel Heath Hella Henna Holland Holly Houston Hunter India Indiana Indy Ireland
    Iris Israel Ivory Jackson Jan January Jasmine Jersey Jet Johnson Jordan Jun June Kelvin Kenya Lane Lexus
    Lincoln London Lotus Lucas Mac Mar Marina Mark Mason Maxwell May Mercedes Milan Miles Miller Montana Nevada
    Newton Nova Odessa Olive Otto Page Paris Pascal Pat Pearl Penny Petrol Phoenix Porsche Precious Prince Ray
    Reed Remus Rio River Rocky Rod Roma Roman Ronal Rose Royal Ruby Russell Rusty Saga Said Sandy Savannah Sep
    Sierra Sky Star Steel Sterling Stone Storm Sydney Tanner Tesla Turner Utah Van Vega Victor Victoria Vienna
    Violet Virginia Von Washington Watt Wayland Wera
"""


@cache
def first_names() -> frozenset[str]:
    """Return the first names that are no common words of English, as "Will" and "Hope" are."""
    from faker.providers import person

    names: set[str] = set()
    for found in iter_modules(person.__path__):
        if LANGUAGES.match(found.name):
            provider = import_module(f"{person.__name__}.{found.name}").Provider
            for listed in ("first_names", "first_names_male", "first_names_female"):
                own = vars(provider).get(listed, ())
                names.update(own if not isinstance(own, property) else ())
    return frozenset(names) - frozenset(NO_PEOPLE.split()) - common_words()


@cache
def common_words() -> frozenset[str]:
    """Return a thousand common words of English as they begin a sentence."""
    from faker.providers.lorem.en_US import Provider

    return frozenset(word.capitalize() for word in Provider.word_list)


@lru_cache(4096)
def is_word(name: str) -> bool:
    """Return whether a name in small letters is a word of English, and no first name that is more of a name."""
    first = name.capitalize()
    is_first_name = first in first_names() or (first in FIRST_NAMES.split() and first not in MEN_AND_WORDS)
    return not is_first_name and bool(_english().known([name]))


@cache
def _english() -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language="en")
